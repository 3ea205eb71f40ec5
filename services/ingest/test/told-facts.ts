import type { Artifact, ExecutionEvent, ExecutionRecord, Run, Sample, Task } from '@orrery/contracts';

/** What records say, each thing once, as a reader of the log would join it. */
export interface ToldFacts {
  readonly runs: ReadonlyMap<string, Run>;
  readonly tasks: ReadonlyMap<string, Task>;
  /** By task id, then by attempt. */
  readonly attempts: ReadonlyMap<string, ReadonlyMap<number, Task>>;
  readonly events: ReadonlyMap<string, ExecutionEvent>;
  readonly artifacts: ReadonlyMap<string, Artifact>;
  readonly samples: ReadonlyMap<string, Sample>;
}

export function factsIn(records: readonly ExecutionRecord[]): ToldFacts {
  const runs = new Map<string, Run>();
  const tasks = new Map<string, Task>();
  const attempts = new Map<string, Map<number, Task>>();
  const events = new Map<string, ExecutionEvent>();
  const artifacts = new Map<string, Artifact>();
  const samples = new Map<string, Sample>();
  for (const record of records) {
    if (record.run !== undefined) join(runs, record.run.runId, record.run);
    for (const task of record.tasks) {
      join(tasks, task.taskId, task);
      const ofTask = attempts.get(task.taskId) ?? new Map<number, Task>();
      attempts.set(task.taskId, ofTask);
      if (task.attempt > 0) join(ofTask, task.attempt, task);
    }
    for (const event of record.events) join(events, event.eventId, event);
    for (const artifact of record.artifacts) join(artifacts, artifact.artifactId, artifact);
    for (const sample of record.samples) join(samples, sample.sampleId, sample);
  }
  return { runs, tasks, attempts, events, artifacts, samples };
}

/** What is told later fills and replaces, but nothing that finished goes back to running. */
function join<Key, Statement extends object>(known: Map<Key, Statement>, key: Key, statement: Statement): void {
  const joined = { ...known.get(key) } as Record<string, unknown>;
  for (const [name, value] of Object.entries(statement)) {
    if (Array.isArray(value)) joined[name] = [...new Set([...((joined[name] as unknown[] | undefined) ?? []), ...value])];
    else if (name === 'status') joined[name] = Math.max(Number(joined[name] ?? 0), value as number);
    else if (value !== '' && value !== 0 && value !== undefined) joined[name] = value;
  }
  known.set(key, joined as Statement);
}

/** How often each value comes. */
export function tally(values: Iterable<string>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
