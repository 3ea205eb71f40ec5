import { artifactIdOf, Direction, SampleKind, sampleIdOf } from '@orrery/contracts';
import type { JsonRecord } from '../json-reading.js';
import type { ArtifactStatement, SampleStatement } from '../statements.js';
import type { FieldReader } from './field-reader.js';
import { placeIn, type RunScope } from './run-scope.js';

const directions: ReadonlyMap<string, Direction> = new Map([
  ['input', Direction.INPUT],
  ['output', Direction.OUTPUT],
]);
const sampleKinds: ReadonlyMap<string, SampleKind> = new Map([
  ['gauge', SampleKind.GAUGE],
  ['sum', SampleKind.SUM],
]);
/** UCUM units of the names that every engine shares, for samples that come without. */
const wellKnownUnits: ReadonlyMap<string, string> = new Map([
  ['peak_memory_bytes', 'By'],
  ['cpu_seconds', 's'],
  ['wall_seconds', 's'],
  ['input_tokens', '{token}'],
  ['output_tokens', '{token}'],
  ['cost_usd', 'USD'],
]);

/** Reads `artifacts`; one without a direction or without both uri and name is left out. */
export function artifactStatementsOf(data: JsonRecord, reader: FieldReader, scope: RunScope): readonly ArtifactStatement[] {
  const statements: ArtifactStatement[] = [];
  for (const from of reader.records(data, 'artifacts')) {
    const statement = artifactStatementOf(from, reader, scope);
    if (statement !== undefined) statements.push(statement);
  }
  return statements;
}

function artifactStatementOf(from: JsonRecord, reader: FieldReader, scope: RunScope): ArtifactStatement | undefined {
  const direction = reader.requiredWord(from, 'direction', directions);
  const uri = reader.text(from, 'uri');
  const name = reader.text(from, 'name');
  if (direction === undefined) return undefined;
  if (uri === undefined && name === undefined) return reader.fault('uri', 'expected a uri or a name');
  const { task, event, taskId, eventId } = placeIn(from, reader, scope);
  const namespace = reader.text(from, 'namespace');
  const digest = reader.text(from, 'digest');
  // The digest is part of what was written: two versions of one file are two artifacts.
  const what = [task, event, String(direction), uri, namespace, name, digest].map((part) => part ?? '');
  return {
    artifactId: artifactIdOf(scope.runId, ...what),
    taskId,
    eventId,
    direction,
    namespace,
    name,
    uri,
    digest,
    mediaType: reader.text(from, 'media_type'),
    sizeBytes: reader.count(from, 'size_bytes'),
    occurredAtMs: reader.timeMs(from, 'occurred_at') ?? scope.occurredAtMs,
    actor: reader.text(from, 'actor'),
    attributesJson: reader.json(from, 'attributes'),
  };
}

/** Reads `samples`; one without a name or a finite value is left out. */
export function sampleStatementsOf(data: JsonRecord, reader: FieldReader, scope: RunScope): readonly SampleStatement[] {
  const statements: SampleStatement[] = [];
  for (const from of reader.records(data, 'samples')) {
    const statement = sampleStatementOf(from, reader, scope);
    if (statement !== undefined) statements.push(statement);
  }
  return statements;
}

function sampleStatementOf(from: JsonRecord, reader: FieldReader, scope: RunScope): SampleStatement | undefined {
  const name = reader.requiredText(from, 'name');
  const value = reader.requiredNumber(from, 'value');
  if (name === undefined || value === undefined) return undefined;
  const { task, event, taskId, eventId } = placeIn(from, reader, scope);
  const occurredAtMs = reader.timeMs(from, 'occurred_at') ?? scope.occurredAtMs;
  const attributesJson = reader.json(from, 'attributes');
  // Measures without any time are told apart by the event that carried them.
  const when = occurredAtMs === undefined ? scope.carrierId : String(occurredAtMs);
  return {
    sampleId: sampleIdOf(scope.runId, task ?? '', event ?? '', name, when, attributesJson ?? ''),
    taskId,
    eventId,
    name,
    unit: reader.text(from, 'unit') ?? wellKnownUnits.get(name),
    kind: reader.word(from, 'kind', sampleKinds) ?? SampleKind.GAUGE,
    value,
    occurredAtMs,
    attributesJson,
  };
}
