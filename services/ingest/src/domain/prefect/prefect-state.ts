import { Outcome } from '@orrery/contracts';
import { integer, text, timeMs, type JsonRecord } from '../json-reading.js';
import { failureOf, finished, isTrouble, paused, queued, running, type Standing, type TaskStatement } from '../statements.js';

const standings: ReadonlyMap<string, Standing> = new Map([
  ['SCHEDULED', queued],
  ['PENDING', queued],
  ['RUNNING', running],
  ['CANCELLING', running],
  ['PAUSED', paused],
  ['COMPLETED', finished(Outcome.SUCCESS)],
  ['FAILED', finished(Outcome.FAILURE)],
  ['CRASHED', finished(Outcome.ERROR)],
  ['CANCELLED', finished(Outcome.CANCELLATION)],
]);

type Progress = Pick<TaskStatement, 'attempt' | 'status' | 'outcome' | 'queuedAtMs' | 'startedAtMs' | 'finishedAtMs' | 'failure'>;

/**
 * What the state in an event's resource says. For a task AwaitingRetry is the end of the try before; a flow run, which is one
 * run through all its tries, goes on.
 */
export function prefectProgressOf(event: JsonRecord, of: 'run' | 'task'): Progress {
  const stateType = stateText(event, 'type');
  const name = stateText(event, 'name');
  const standing = name === 'AwaitingRetry' ? (of === 'task' ? finished(Outcome.FAILURE) : running) : standingOf(stateType, name);
  const atMs = timeMs(event, 'resource', 'prefect.state-timestamp') ?? timeMs(event, 'occurred');
  return {
    attempt: Math.max(1, integer(event, 'resource', 'prefect.run-count') ?? 1),
    ...standing,
    queuedAtMs: standing === queued ? atMs : undefined,
    startedAtMs: stateType === 'RUNNING' ? atMs : undefined,
    finishedAtMs: standing.outcome === undefined ? undefined : atMs,
    failure: failureIn(event, standing),
  };
}

function stateText(event: JsonRecord, member: 'type' | 'name' | 'message'): string | undefined {
  return text(event, 'resource', `prefect.state-${member}`) ?? text(event, 'payload', 'validated_state', member);
}

function failureIn(event: JsonRecord, standing: Standing): TaskStatement['failure'] {
  if (!isTrouble(standing) && standing.outcome !== Outcome.CANCELLATION) return undefined;
  const message = stateText(event, 'message');
  return failureOf(failureTypeIn(message) ?? stateText(event, 'name'), message);
}

function standingOf(stateType: string | undefined, name: string | undefined): Standing {
  if (stateType === 'FAILED' && name === 'TimedOut') return finished(Outcome.TIMEOUT);
  return standings.get(stateType ?? '') ?? {};
}

/** Prefect writes "Task run encountered an exception KeyError: 'amount'". */
function failureTypeIn(message: string | undefined): string | undefined {
  return /encountered an exception:? ([\w.]+)/.exec(message ?? '')?.[1];
}
