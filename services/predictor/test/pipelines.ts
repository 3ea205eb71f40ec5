import { Outcome, type WorkflowFact } from '@orrery/contracts';
import { epochMs, runFinished, runStarted, taskFinished } from '@orrery/testing';

export const minuteMs = 60_000;
export const gib = 2 ** 30;

/** When a run of {@link pipelines} began. */
export const startOf = (index: number): number => epochMs + index * 20 * minuteMs;

/**
 * Runs of three tasks in a row: `test` takes a minute a GiB of its input and half as much memory, and fails in every ninth run, which then
 * has no `deploy`.
 */
export function pipelines(count: number, workflow = 'release'): { readonly started: WorkflowFact[]; readonly tasks: WorkflowFact[]; readonly finished: WorkflowFact[] } {
  const facts = { started: [] as WorkflowFact[], tasks: [] as WorkflowFact[], finished: [] as WorkflowFact[] };
  for (let index = 0; index < count; index++) {
    const name = `${workflow}-${index}`;
    const startedAtMs = startOf(index);
    const inputSizeBytes = (1 + ((index * 7) % 5)) * gib;
    const outcome = index % 9 === 4 ? Outcome.FAILURE : Outcome.SUCCESS;
    const testMs = (inputSizeBytes / gib) * minuteMs;
    facts.started.push(runStarted(name, { workflow, startedAtMs }));
    facts.tasks.push(taskFinished(name, { workflow, task: 'build', startedAtMs, durationMs: minuteMs + (index % 3) * 1000, memoryBytes: gib }));
    facts.tasks.push(taskFinished(name, { workflow, task: 'test', startedAtMs: startedAtMs + minuteMs + 3000, durationMs: testMs, inputSizeBytes, dependsOn: ['build'], memoryBytes: inputSizeBytes / 2, outcome }));
    if (outcome === Outcome.SUCCESS) facts.tasks.push(taskFinished(name, { workflow, task: 'deploy', startedAtMs: startedAtMs + 2 * minuteMs + testMs, durationMs: 30_000, dependsOn: ['test'] }));
    facts.finished.push(runFinished(name, { workflow, startedAtMs, durationMs: 3 * minuteMs + testMs, outcome, taskCount: outcome === Outcome.SUCCESS ? 3 : 2 }));
  }
  return facts;
}
