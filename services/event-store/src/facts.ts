import { toBinary } from '@bufbuild/protobuf';
import { RunFinishedSchema, runFinishedTopic, RunStartedSchema, runStartedTopic, TaskFinishedSchema, taskFinishedTopic, workflowIdOf } from '@orrery/contracts';
import type { OutgoingRecord } from '@orrery/event-log';
import { spanOfAttempt } from './domain/error-lines.js';
import { runFinishedFact, runStartedFact, taskFinishedFact } from './domain/fact.js';
import type { RunState } from './domain/run-state.js';
import { attemptsThatFinished, hasRunFinished, hasRunStarted } from './domain/transition.js';
import type { AttemptPlace, ErrorLines } from './storage/error-line.repository.js';
import type { RunUpdate } from './trace-writer.js';

/** The attempts whose facts {@link factsOf} will make and that may have logged errors: a task without events logged nothing. */
export function attemptsWithErrors({ after, tasks }: RunUpdate): readonly AttemptPlace[] {
  const { run, bucket } = after;
  return tasks.flatMap(({ before, after: { task, content } }) =>
    content.events === 0
      ? []
      : attemptsThatFinished(before?.task ?? null, task).map((attempt) => ({ attempt, runId: run.runId, bucket, taskId: task.taskId, span: spanOfAttempt(task, attempt) })),
  );
}

/** The facts that an update of a run makes true, as records of their topics: that it began, attempts of tasks, that it ended. */
export function factsOf(tenantId: string, { before, after, tasks }: RunUpdate, errorLines: ErrorLines): readonly OutgoingRecord[] {
  const { run } = after;
  const key = keyOf(tenantId, run);
  const facts: OutgoingRecord[] = [];
  if (hasRunStarted(before?.run ?? null, run)) facts.push({ topic: runStartedTopic.name, key, value: toBinary(RunStartedSchema, runStartedFact(tenantId, run)) });
  for (const task of tasks) {
    for (const attempt of attemptsThatFinished(task.before?.task ?? null, task.after.task)) {
      const fact = taskFinishedFact(tenantId, run, task.after.task, { attempt, content: task.after.content, errorLines: errorLines.get(attempt) ?? [] });
      facts.push({ topic: taskFinishedTopic.name, key, value: toBinary(TaskFinishedSchema, fact) });
    }
  }
  if (hasRunFinished(before?.run ?? null, run)) {
    const fact = runFinishedFact(tenantId, run, after.tasks, after.content);
    facts.push({ topic: runFinishedTopic.name, key, value: toBinary(RunFinishedSchema, fact) });
  }
  return facts;
}

/**
 * The workflow as it is known now, which is also what the fact says of it. A task that is told before its run belongs to the unnamed
 * workflow; consumers that take the workflow from the fact find all facts of one workflow in one partition nonetheless.
 */
function keyOf(tenantId: string, { engine, namespace, workflow }: RunState): string {
  return workflowIdOf({ tenantId, engine: engine ?? '', namespace: namespace ?? '', workflow: workflow ?? '' });
}
