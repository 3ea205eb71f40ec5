import { toBinary } from '@bufbuild/protobuf';
import { RunFinishedSchema, runFinishedTopic, TaskFinishedSchema, taskFinishedTopic } from '@orrery/contracts';
import type { OutgoingRecord } from '@orrery/event-log';
import { runFinishedFact, taskFinishedFact } from './domain/fact.js';
import { attemptsThatFinished, hasRunFinished } from './domain/transition.js';
import type { RunUpdate } from './trace-writer.js';

/** The facts that an update of a run makes true, as records of their topics: attempts of tasks first, then the run. */
export function factsOf(tenantId: string, { before, after, tasks }: RunUpdate): readonly OutgoingRecord[] {
  const { run } = after;
  const facts: OutgoingRecord[] = [];
  for (const task of tasks) {
    for (const attempt of attemptsThatFinished(task.before?.task ?? null, task.after.task)) {
      const fact = taskFinishedFact(tenantId, run, task.after.task, { attempt, content: task.after.content });
      facts.push({ topic: taskFinishedTopic.name, key: run.runId, value: toBinary(TaskFinishedSchema, fact) });
    }
  }
  if (hasRunFinished(before?.run ?? null, run)) {
    const fact = runFinishedFact(tenantId, run, after.tasks, after.content);
    facts.push({ topic: runFinishedTopic.name, key: run.runId, value: toBinary(RunFinishedSchema, fact) });
  }
  return facts;
}
