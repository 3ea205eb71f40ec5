import { artifactIdOf, Direction } from '@orrery/contracts';
import { integer, isRecord, text } from '../json-reading.js';
import { isTrouble, type ArtifactStatement } from '../statements.js';
import { numberAttribute, shownAttribute, textAttribute, type Attributes } from './otlp-values.js';
import { spanStandingOf } from './span-standing.js';
import type { Span } from './span.js';
import type { TraceContext } from './trace-context.js';

interface FoundFile {
  readonly uri: string;
  readonly name: string;
  readonly digest: string | undefined;
  readonly mediaType?: string | undefined;
  readonly sizeBytes?: number | undefined;
  readonly direction: Direction;
}

/**
 * The files that a span says were read or written: by attributes (`orrery.artifact.*`, on the span or on one of its events), or
 * in what a tool or code answered, where a path stands together with its SHA-256. A path alone is not enough: texts are full of them.
 */
export function spanArtifactsOf(span: Span, context: TraceContext): readonly ArtifactStatement[] {
  const { kind } = context.roleOf(span);
  const stated = [span.attributes, ...span.events.map((event) => event.attributes)].flatMap((from) => statedFile(from, span));
  const isTool = kind === 'tool_call' || kind === 'code_execution';
  const answered = isTool && !isTrouble(spanStandingOf(span)) ? filesIn(answerOf(span), readingTool.test(toolNameOf(span)) ? Direction.INPUT : Direction.OUTPUT) : [];
  // Where an agent is at work, the one above the span is found later, when it is known; the service would stand in its way.
  const actor = context.agentOf(span) ?? (kind === 'span' ? textAttribute(span.resource, 'service.name') : undefined);
  const common = { taskId: context.taskIdOf(span), eventId: context.eventIdOf(span.spanId), occurredAtMs: span.endMs ?? span.startMs, actor };
  return [...stated, ...answered].map(({ sizeBytes, ...file }) => ({
    artifactId: artifactIdOf(context.run.runId, span.spanId, String(file.direction), file.uri, file.digest ?? ''),
    ...common,
    ...file,
    sizeBytes: sizeBytes === undefined || sizeBytes < 0 ? undefined : BigInt(sizeBytes),
  }));
}

function statedFile(from: Attributes, span: Span): readonly FoundFile[] {
  const uri = textAttribute(from, 'orrery.artifact.uri', 'orrery.artifact.name');
  if (uri === undefined) return [];
  const size = numberAttribute(from, 'orrery.artifact.size_bytes');
  const direction = textAttribute(from, 'orrery.artifact.direction') ?? (readingTool.test(toolNameOf(span)) ? 'input' : 'output');
  return [
    {
      uri: fileUri(uri),
      name: textAttribute(from, 'orrery.artifact.name') ?? uri,
      digest: textAttribute(from, 'orrery.artifact.digest'),
      mediaType: textAttribute(from, 'orrery.artifact.media_type'),
      sizeBytes: Number.isSafeInteger(size) ? size : undefined,
      direction: direction === 'input' ? Direction.INPUT : Direction.OUTPUT,
    },
  ];
}

/** Tools that answer with a file's path and hash have written it, unless their name says that they look at it. */
const readingTool = /(?:^|[_.\s-])(?:read|load|open|view|cat|get|list|show|inspect|check|verify|search|find|stat|hash|parse|import)(?:$|[_.\s-]|[A-Z])|^(?:read|load|open|get|list)[A-Z]/;

function toolNameOf(span: Span): string {
  return textAttribute(span.attributes, 'gen_ai.tool.name', 'tool.name', 'ai.toolCall.name') ?? span.name;
}

function answerOf(span: Span): string | undefined {
  return shownAttribute(span.attributes, 'gen_ai.tool.call.result', 'ai.toolCall.result', 'output.value', 'ag2.code_execution.output');
}

const longestAnswer = 256 * 1024;
const mostFiles = 100;

function filesIn(answer: string | undefined, direction: Direction): readonly FoundFile[] {
  if (answer === undefined || answer.length > longestAnswer) return [];
  if (/^\s*[[{]/.test(answer)) {
    try {
      return filesInJson(JSON.parse(answer), direction).slice(0, mostFiles);
    } catch {
      // Not JSON after all: read as a text below.
    }
  }
  return filesInText(answer, direction);
}

const pathNames = ['path', 'file_path', 'filepath', 'filename', 'file', 'output_path', 'uri', 'url'] as const;
const hashNames = ['sha256', 'digest', 'hash', 'checksum'] as const;
const sizeNames = ['size_bytes', 'sizeBytes', 'size', 'bytes'] as const;
const deepestFile = 4;

function filesInJson(value: unknown, direction: Direction, depth = 0): readonly FoundFile[] {
  if (depth > deepestFile || typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.slice(0, mostFiles).flatMap((entry) => filesInJson(entry, direction, depth + 1));
  if (!isRecord(value)) return [];
  const path = pathNames.map((name) => text(value, name)).find((found) => found !== undefined);
  const digest = hashNames.map((name) => sha256(text(value, name))).find((found) => found !== undefined);
  if (path === undefined || digest === undefined) return Object.values(value).flatMap((member) => filesInJson(member, direction, depth + 1));
  const sizeBytes = sizeNames.map((name) => integer(value, name)).find((found) => found !== undefined);
  return [{ uri: fileUri(path), name: path, digest, sizeBytes, mediaType: text(value, 'media_type') ?? text(value, 'mime_type'), direction }];
}

function sha256(written: string | undefined): string | undefined {
  const hex = /^(?:sha256:)?([0-9a-f]{64})$/i.exec(written ?? '')?.[1];
  return hex === undefined ? undefined : `sha256:${hex.toLowerCase()}`;
}

// "wrote /srv/totals.json sha256=…": a path, then its hash. The parts share no character, so the search is linear.
const fileInText = /(?:^|\s)(?:(read|loaded)\s+)?(\/?[\w.~-]+(?:\/[\w.~-]+)*)\s+\(?sha256[=:]\s?([0-9a-f]{64})\b/gi;

function filesInText(answer: string, direction: Direction): readonly FoundFile[] {
  const found: FoundFile[] = [];
  for (const match of answer.matchAll(fileInText)) {
    const path = match[2] ?? '';
    found.push({ uri: fileUri(path), name: path, digest: sha256(match[3]), direction: match[1] === undefined ? direction : Direction.INPUT });
    if (found.length >= mostFiles) break;
  }
  return found;
}

function fileUri(path: string): string {
  return path.startsWith('/') ? `file://${path}` : path;
}
