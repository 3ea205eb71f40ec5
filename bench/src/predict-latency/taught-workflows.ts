import { Outcome, taskFinishedTopic, type TaskFinished, type WorkflowFact } from '@orrery/contracts';
import type { LogBatch } from '@orrery/event-log';
import { questionSchema, type Question } from '@orrery/predictor';
import { seededRandom } from '@orrery/stats';
import { factKeyOf, taskFinished } from '@orrery/testing';

const tasks = ['build', 'test', 'package', 'deploy', 'verify'];
const random = seededRandom(7);
const startMs = Date.now() - 30 * 86_400_000;
const mib = 2 ** 20;

/** A task whose length depends on its input, the hour and luck. */
function ended(workflow: number, run: number, place: number): TaskFinished {
  const inputSizeBytes = Math.round(mib * 2 ** (random.next() * 6));
  const startedAtMs = startMs + run * 3_600_000 + place * 120_000 + workflow * 1000;
  const durationMs = (5000 + 400 * (inputSizeBytes / mib)) * (1 + place / 2) * Math.exp(0.15 * random.normal()) * (run % 24 < 8 ? 1.3 : 1);
  const outcome = random.next() < 0.03 + 0.1 * Number(run % 24 < 8) ? Outcome.FAILURE : Outcome.SUCCESS;
  return taskFinished(`latency-${workflow}-${run}`, { workflow: `flow-${workflow}`, task: tasks[place] ?? '', startedAtMs, durationMs, inputSizeBytes, memoryBytes: 50 * mib + 3 * inputSizeBytes, outcome });
}

/** Facts of many workflows, in the order of time, a run of each at once. */
export function* taughtFacts(workflows: number, runs: number): Generator<readonly WorkflowFact[]> {
  for (let run = 0; run < runs; run++) yield Array.from({ length: workflows }, (_, workflow) => tasks.map((_task, place) => ended(workflow, run, place))).flat();
}

/** What is asked about, another each time. */
export function askedTask(index: number, workflows: number): Question {
  return questionSchema.parse({ engine: 'spec', namespace: 'team', workflow: `flow-${index % workflows}`, task: tasks[index % tasks.length], input_size_bytes: mib * (1 + (index % 60)), finished_tasks: tasks.slice(0, index % tasks.length) });
}

/** One task more that ended. */
export function endedTask(index: number, workflows: number): WorkflowFact {
  return ended(index % workflows, 2000 + index, index % tasks.length);
}

/** Facts as a batch of the log. */
export function factBatch(facts: readonly WorkflowFact[], firstOffset: bigint): LogBatch<WorkflowFact> {
  const topic = taskFinishedTopic.name;
  const records = facts.map((value, place) => ({ value, record: { topic, partition: 999, offset: firstOffset + BigInt(place), key: factKeyOf(value), value: null, headers: {}, timestampMs: Date.now() } }));
  return { topic, partition: 999, firstOffset, nextOffset: firstOffset + BigInt(facts.length), records };
}
