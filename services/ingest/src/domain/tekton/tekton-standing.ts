import { Outcome, Status } from '@orrery/contracts';
import { records, text, timeMs, type JsonRecord } from '../json-reading.js';
import { failureOf, finished, queued, running, type FailureStatement, type Standing } from '../statements.js';
import { endNotBefore } from '../time.js';

// Reasons of a False condition; any other is a failure of what the task ran.
const timeoutReason = /timeout|timedout/i;
const cancelReason = /cancel|stoppedrunfinally/i;
const errorReasons = [
  /Pod(?:CreationFailed|AdmissionFailed|Evicted)|StepOOM|OOMKilled|ImagePullFailed|CreateRunFailed/,
  /ResolutionFailed|ValidationFailed|^Couldnt|^Invalid|Exceeded.*(?:Quota|Resources)/,
];
// Reasons of an Unknown condition that say that nothing runs yet.
const waitingReason = /Pending$|^Resolving|^ExceededNodeResources$/;

export interface TektonProgress extends Standing {
  readonly startedAtMs?: number;
  readonly finishedAtMs?: number;
  readonly failure?: FailureStatement;
}

/** How a run of Tekton stands by the condition `Succeeded` of its status. */
export function tektonProgressOf(status: JsonRecord, flags: Set<string>): TektonProgress {
  const condition = records(status, 'conditions').find((each) => text(each, 'type') === 'Succeeded');
  const startedAtMs = timeMs(status, 'startTime');
  const standing = standingOf(condition, startedAtMs);
  const hasFailed = standing.status === Status.FINISHED && standing.outcome !== Outcome.SUCCESS;
  return {
    ...standing,
    startedAtMs: standing.status === Status.QUEUED ? undefined : startedAtMs,
    finishedAtMs: standing.status === Status.FINISHED ? endNotBefore(startedAtMs, timeMs(status, 'completionTime'), flags) : undefined,
    failure: hasFailed ? failureOf(text(condition, 'reason'), text(condition, 'message')) : undefined,
  };
}

function standingOf(condition: JsonRecord | undefined, startedAtMs: number | undefined): Standing {
  const reason = text(condition, 'reason') ?? '';
  switch (text(condition, 'status')) {
    case 'True':
      return finished(Outcome.SUCCESS);
    case 'False':
      return finished(outcomeOf(reason));
    default:
      return startedAtMs === undefined || waitingReason.test(reason) ? queued : running;
  }
}

function outcomeOf(reason: string): Outcome {
  if (timeoutReason.test(reason)) return Outcome.TIMEOUT;
  if (cancelReason.test(reason)) return Outcome.CANCELLATION;
  return errorReasons.some((pattern) => pattern.test(reason)) ? Outcome.ERROR : Outcome.FAILURE;
}
