import { Outcome } from '@orrery/contracts';
import type { WorkflowFact } from '../src/domain/index.js';
import { epochMs, metricSampled, runFinished, runStarted, taskFinished } from '@orrery/testing';

const minuteMs = 60_000;

/** Numbers from 0 to 1, the same each time. */
function* numbersOf(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    // A linear congruential generator, Numerical Recipes 7.1: enough to vary facts.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

/** Facts of three workflows with slow-downs, failures that come together, new errors and memory jumps, in the order of the log. */
export function factStream(seed = 7, runs = 60): { readonly started: readonly WorkflowFact[]; readonly tasks: readonly WorkflowFact[]; readonly finished: readonly WorkflowFact[] } {
  const numbers = numbersOf(seed);
  const next = () => numbers.next().value;
  const stream = { started: [] as WorkflowFact[], tasks: [] as WorkflowFact[], finished: [] as WorkflowFact[] };
  for (let index = 0; index < runs; index++) {
    const workflow = `flow-${index % 3}`;
    const name = `run-${index}`;
    const startedAtMs = epochMs + index * 7 * minuteMs;
    const isOutage = index >= 45 && index < 49;
    stream.started.push(runStarted(name, { workflow, startedAtMs, trigger: 'schedule' }));
    for (let task = 0; task < 6; task++) {
      const isSlow = next() < 0.06;
      const outcome = isOutage || next() < 0.08 ? Outcome.FAILURE : Outcome.SUCCESS;
      const errorLines = outcome === Outcome.FAILURE ? [`step ${task} failed: code ${Math.round(next() * 3)}`, 'caf\u00e9 \u{1f9ea} unavailable'] : [];
      const told = { workflow, startedAtMs: startedAtMs + task * minuteMs, task: `task-${task}`, image: `app:${index >> 4}`, outcome, errorLines };
      stream.tasks.push(taskFinished(name, { ...told, durationMs: minuteMs * (isSlow ? 8 : 1 + next() / 10), memoryBytes: 2 ** 28 * (next() < 0.05 ? 4 : 1 + next() / 20) }));
    }
    stream.finished.push(runFinished(name, { workflow, startedAtMs, durationMs: 6 * minuteMs * (next() < 0.1 ? 5 : 1 + next() / 10), outcome: isOutage ? Outcome.FAILURE : Outcome.SUCCESS }));
  }
  return stream;
}

/** What gauges of two workflows showed, with jumps and levels never seen before, in the order of the log. */
export function sampledStream(seed = 11, facts = 120): readonly WorkflowFact[] {
  const numbers = numbersOf(seed);
  const next = () => numbers.next().value;
  return Array.from({ length: facts }, (_, index) => {
    const workflow = `flow-${index % 2}`;
    const level = index > 80 && index < 90 ? 4 : 1;
    const values = Array.from({ length: 12 }, () => 2 ** 28 * (level + next() / 4 + (next() < 0.003 ? 8 : 0)));
    return metricSampled(`run-${index >> 2}`, { workflow, task: index % 4 < 2 ? 'build' : '', startedAtMs: epochMs + index * 12 * minuteMs }, values);
  });
}
