import { create } from '@bufbuild/protobuf';
import {
  artifactIdOf,
  eventIdOf,
  ExecutionRecordSchema,
  messageIdOf,
  recordIdOf,
  runIdOf,
  sampleIdOf,
  taskIdOf,
  type ExecutionRecord,
} from '@orrery/contracts';
import fc from 'fast-check';

/** Few ids and few moments, so that statements meet and contradict each other often. */
const someTimeMs = fc.integer({ min: 0, max: 20 }).map((step) => Date.UTC(2024, 4, 1) + step * 1000 + 0.125);
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const word = fc.constantFrom('', 'a', 'b', 'ab', 'é');
const someStatus = fc.integer({ min: 0, max: 4 });
const someOutcome = fc.integer({ min: 0, max: 7 });
const someFailure = maybe(fc.record({ type: word, message: word, exitCode: maybe(fc.integer({ min: 0, max: 3 })) }));
const someLabels = fc.dictionary(fc.constantFrom('x', 'y', '__proto__', 'constructor'), word, { maxKeys: 3, noNullPrototype: true });
const someJson = fc.constantFrom('', '{"a":1}', '{"a":2,"b":{"d":1,"c":2}}', '{"b":null}', '{"__proto__":1}');

const someProgress = { status: someStatus, outcome: someOutcome, startedAtMs: maybe(someTimeMs), finishedAtMs: maybe(someTimeMs), failure: someFailure };

const taskOf = (runId: string) => {
  const someTask = fc.constantFrom('t1', 't2', 't3').map((id) => taskIdOf(runId, id));
  return { someTask, maybeTask: fc.option(someTask, { nil: '' }) };
};
const eventOf = (runId: string) => fc.constantFrom('e1', 'e2', 'e3', 'e4').map((id) => eventIdOf(runId, id));

function someTaskStatement(runId: string) {
  const { someTask, maybeTask } = taskOf(runId);
  return fc.record({
    taskId: someTask,
    externalId: word,
    parentTaskId: maybeTask,
    dependsOn: fc.array(someTask, { maxLength: 3 }),
    name: word,
    kind: word,
    attempt: fc.integer({ min: 0, max: 3 }),
    queuedAtMs: maybe(someTimeMs),
    ...someProgress,
    executor: maybe(fc.record({ worker: word, image: word })),
    labels: someLabels,
  });
}

function someEventStatement(runId: string) {
  return fc.record({
    eventId: eventOf(runId),
    externalId: word,
    taskId: taskOf(runId).maybeTask,
    parentEventId: fc.option(eventOf(runId), { nil: '' }),
    kind: fc.constantFrom('tool_call', 'agent_call', ''),
    name: word,
    actor: word,
    ...someProgress,
    inputTokens: maybe(fc.bigInt({ min: 0n, max: 9n })),
    costUsd: maybe(fc.constantFrom(0.1, 0.2)),
    attributesJson: someJson,
    output: word,
  });
}

function someArtifactStatement(runId: string) {
  return fc.record({
    artifactId: fc.constantFrom('f1', 'f2').map((id) => artifactIdOf(runId, id)),
    taskId: taskOf(runId).maybeTask,
    direction: fc.integer({ min: 0, max: 2 }),
    uri: word,
    digest: word,
    sizeBytes: maybe(fc.bigInt({ min: 0n, max: 99n })),
    occurredAtMs: maybe(someTimeMs),
    attributesJson: someJson,
  });
}

function someMessageStatement(runId: string) {
  return fc.record({ messageId: fc.constantFrom('m1', 'm2').map((id) => messageIdOf(runId, id)), taskId: taskOf(runId).maybeTask, content: word, occurredAtMs: maybe(someTimeMs) });
}

function someSampleStatement(runId: string) {
  return fc.record({
    sampleId: fc.constantFrom('s1', 's2', 's3').map((id) => sampleIdOf(runId, id)),
    taskId: taskOf(runId).maybeTask,
    name: fc.constantFrom('peak_memory_bytes', 'cpu_seconds'),
    unit: fc.constantFrom('By', 's'),
    kind: fc.integer({ min: 0, max: 2 }),
    value: fc.constantFrom(0, 1.5, 3e9, Number.NaN),
    occurredAtMs: maybe(someTimeMs),
  });
}

/** The run that all records of {@link someRecords} speak of, unless another external id is given. */
export const runIdFor = (externalId: string, tenantId = 'default') => runIdOf({ tenantId, engine: 'orrery', source: 'urn:spec', externalId });

/** Records of one run, each with an id of its own and up to two statements of every kind. */
export function someRecords(externalId: string, tenantId = 'default'): fc.Arbitrary<ExecutionRecord[]> {
  const runId = runIdFor(externalId, tenantId);
  const few = <Value>(statement: fc.Arbitrary<Value>) => fc.array(statement, { maxLength: 2 });
  const someRecord = fc.record({
    occurredAtMs: maybe(someTimeMs),
    receivedAtMs: someTimeMs,
    run: maybe(fc.record({ runId: fc.constant(runId), engine: word, workflow: word, attempt: fc.integer({ min: 0, max: 2 }), queuedAtMs: maybe(someTimeMs), ...someProgress, labels: someLabels })),
    tasks: few(someTaskStatement(runId)),
    events: few(someEventStatement(runId)),
    artifacts: few(someArtifactStatement(runId)),
    messages: few(someMessageStatement(runId)),
    samples: few(someSampleStatement(runId)),
    flags: fc.uniqueArray(fc.constantFrom('clock_skew', 'redacted'), { maxLength: 2 }),
    type: fc.constantFrom('started', 'finished'),
  });
  return fc.array(someRecord, { minLength: 1, maxLength: 12 }).map((records) =>
    records.map(({ type, ...record }, index) =>
      create(ExecutionRecordSchema, { ...record, recordId: recordIdOf(tenantId, runId, String(index)), tenantId, runId, origin: { format: 'orrery', type } }),
    ),
  );
}
