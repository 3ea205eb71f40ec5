import type { ExecutionEvent } from '../api/wire-shapes.js';
import type { IconName } from '../parts/icon.js';
import { firstLine } from '../parts/plain-text.js';
import { costText, shortCountText } from '../parts/quantity.js';
import { hasFailed } from '../parts/standing.js';
import { turnsOf } from './spoken-text.js';

/** An execution event in the words of one line. */
export interface EventWords {
  readonly kind: string;
  readonly icon: IconName;
  /** Who acted; null when the name says all. */
  readonly actor: string | null;
  /** At whom or what. */
  readonly target: string | null;
  /** Actor and target, or the name. */
  readonly title: string;
  /** Model, tokens and cost, as far as known. */
  readonly facts: readonly string[];
  /** First line of what went in or came out. */
  readonly preview: string | null;
  readonly fault: string | null;
  /** True for what failed, and for a log line whose severity is that of an error. */
  readonly isBad: boolean;
}

const kinds: Readonly<Record<string, readonly [string, IconName]>> = {
  agent_call: ['Agent', 'agent'],
  model_call: ['Model call', 'model'],
  tool_call: ['Tool call', 'tool'],
  code_execution: ['Code', 'code'],
  hand_off: ['Hand-off', 'handOff'],
  message: ['Message', 'message'],
  retrieval: ['Retrieval', 'search'],
  log: ['Log', 'log'],
  metric: ['Metric', 'log'],
  span: ['Span', 'span'],
  attempt: ['Attempt', 'repeat'],
};

const previewLength = 160;
const describedByName: ReadonlySet<string> = new Set(['span', 'log', 'metric', 'attempt']);
const toldByOutput: ReadonlySet<string> = new Set(['log', 'message', 'agent_call', 'model_call']);
// https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-agent-spans/
const operationPrefix = /^(invoke_agent|create_agent|execute_tool|execute_code|invoke_workflow|chat) /;
// https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber
const leastErrorSeverity = 17;

/** Names of kinds as people say them; a kind that is not known keeps its own name. */
export function kindWords(kind: string | null): readonly [string, IconName] {
  if (kind === null) return ['Event', 'dots'];
  return (Object.hasOwn(kinds, kind) ? kinds[kind] : undefined) ?? [kind, 'dots'];
}

/** Puts an event in words. */
export function eventWords(event: ExecutionEvent): EventWords {
  const [kind, icon] = kindWords(event.kind);
  const actor = describedByName.has(event.kind ?? '') && filled(event.name) !== null ? null : filled(event.actor);
  const target = targetOf(event, actor);
  const line = lineOf(event);
  const title = [actor, target].filter((part) => part !== null).join(' → ') || (event.kind === 'log' ? line : null) || kind;
  return {
    kind,
    icon,
    actor,
    target,
    title,
    facts: factsOf(event),
    preview: line === title ? null : line,
    fault: faultOf(event),
    isBad: event.error !== null || hasFailed(event) || (event.severity_number ?? 0) >= leastErrorSeverity,
  };
}

/** The first line of what was said: of what came out where that is the point, else of what went in; of a conversation, its last turn. */
function lineOf({ kind, input, output }: ExecutionEvent): string | null {
  const spoken = filled(toldByOutput.has(kind ?? '') ? (output ?? input) : (input ?? output));
  return spoken === null ? null : firstLine(turnsOf(spoken)?.at(-1)?.text ?? spoken, previewLength);
}

/** What the actor acted on: a tool or an agent by name, a model for a model call, else what the event is called. */
function targetOf(event: ExecutionEvent, actor: string | null): string | null {
  if (event.kind === 'model_call') return filled(event.target) ?? filled(event.model) ?? filled(event.name);
  if (filled(event.target) !== null) return event.target;
  const name = filled(event.name);
  // OpenTelemetry names spans after operation and object: `invoke_agent planner` of the actor planner says nothing new.
  return name === actor || name?.replace(operationPrefix, '') === actor ? null : name;
}

function factsOf({ kind, model, target, input_tokens: read, output_tokens: written, cost_usd: cost }: ExecutionEvent): readonly string[] {
  const isModelSaid = model === null || (kind === 'model_call' && (target === null || target === model));
  const tokens = read === null && written === null ? null : `${shortCountText(read)} → ${shortCountText(written)} tok`;
  return [isModelSaid ? null : model, tokens, cost === null || cost === 0 ? null : costText(cost)].filter((fact) => fact !== null);
}

function faultOf({ error }: ExecutionEvent): string | null {
  if (error === null) return null;
  const exit = error.exit_code === null ? null : `exit code ${String(error.exit_code)}`;
  return filled(firstLine([error.type, error.message, exit].filter((part) => part !== null && part !== '').join(': '), previewLength));
}

const filled = (text: string | null): string | null => (text === null || text.trim() === '' ? null : text);
