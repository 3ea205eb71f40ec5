import { Outcome, taskIdOf } from '@orrery/contracts';
import { integer, record, records, text, timeMs, type JsonRecord } from '../json-reading.js';
import { failureOf, finished, queued, running, type Standing, type TaskStatement } from '../statements.js';
import { endNotBefore } from '../time.js';

/** The attempt of a TaskRun whose steps are read. */
export interface StepOwner {
  readonly runId: string;
  readonly taskRunName: string;
  readonly attempt: number;
  readonly pod: string | undefined;
  readonly flags: Set<string>;
}

/** Reads the steps of a TaskRun, which run one after the other, as tasks within its own. */
export function stepTasks(status: JsonRecord, owner: StepOwner): readonly TaskStatement[] {
  let previousTaskId: string | undefined;
  return records(status, 'steps').map((step, index) => {
    const name = text(step, 'name') ?? text(step, 'container') ?? `step-${index + 1}`;
    const externalId = `${owner.taskRunName}/${name}`;
    const taskId = taskIdOf(owner.runId, externalId);
    const statement: TaskStatement = {
      taskId,
      externalId,
      parentTaskId: taskIdOf(owner.runId, owner.taskRunName),
      dependsOn: previousTaskId === undefined || previousTaskId === taskId ? [] : [previousTaskId],
      name,
      kind: 'step',
      attempt: owner.attempt,
      ...progressOf(step, owner.flags),
      executor: { pod: owner.pod, image: text(step, 'imageID') },
    };
    previousTaskId = taskId;
    return statement;
  });
}

function progressOf(step: JsonRecord, flags: Set<string>): Standing & Pick<TaskStatement, 'startedAtMs' | 'finishedAtMs' | 'failure'> {
  const ended = record(step, 'terminated');
  if (ended === undefined) {
    const startedAtMs = timeMs(step, 'running', 'startedAt');
    if (startedAtMs !== undefined) return { ...running, startedAtMs };
    return record(step, 'waiting') === undefined ? {} : queued;
  }
  const reason = text(step, 'terminationReason') ?? text(ended, 'reason');
  const exitCode = integer(ended, 'exitCode');
  const standing = finished(outcomeOf(reason, exitCode));
  const startedAtMs = timeMs(ended, 'startedAt');
  const isSuccess = standing.outcome === Outcome.SUCCESS;
  return {
    ...standing,
    startedAtMs: standing.outcome === Outcome.SKIP ? undefined : startedAtMs,
    finishedAtMs: endNotBefore(startedAtMs, timeMs(ended, 'finishedAt'), flags),
    failure: isSuccess ? undefined : failureOf(reason, text(ended, 'message'), exitCode),
  };
}

function outcomeOf(reason: string | undefined, exitCode: number | undefined): Outcome {
  if (reason === 'Skipped') return Outcome.SKIP;
  if (reason === 'OOMKilled' || reason === 'Evicted') return Outcome.ERROR;
  if (/Timeout/.test(reason ?? '')) return Outcome.TIMEOUT;
  if (/Cancel/.test(reason ?? '')) return Outcome.CANCELLATION;
  if (exitCode === undefined) return Outcome.UNKNOWN;
  return exitCode === 0 ? Outcome.SUCCESS : Outcome.FAILURE;
}
