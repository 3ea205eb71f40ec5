import { OrreryError } from '@orrery/errors';
import { Outcome } from '@orrery/contracts';
import type { Transaction } from '@orrery/persistence';
import type { EventState } from '../domain/event-state.js';
import { causeText, failureSentence, originOfFailure, type FailureOrigin } from '../domain/failure-cause.js';
import { failureShownFor, hasFailed, outcomeOf, type FailureCause } from '../domain/progress.js';
import { latestAttempt, type TaskState } from '../domain/task-state.js';
import { findEventsBefore, findFirstFailedEvent, findLogTail, type Vicinity } from '../storage/failure.repository.js';
import type { StoredRun } from '../storage/run-rows.js';
import { listTasks } from '../storage/task.repository.js';
import type { StoredTask } from '../storage/task-rows.js';
import { countArtifactsOf, countChildrenOf } from '../storage/timeline.repository.js';
import { eventView, type EventView } from '../views/event.view.js';
import type { FailureView } from '../views/failure.view.js';
import { taskView } from '../views/task.view.js';
import { errorView, outcomeWord } from '../views/words.js';

/**
 * Explains why a run failed: the first failing task, what it waited for, what happened last in it.
 *
 * @throws ORRERY_NOT_FOUND when nothing in the run failed, or it ended well all the same.
 */
export async function readFailure(transaction: Transaction, run: StoredRun): Promise<FailureView> {
  const place = { runId: run.run.runId, bucket: run.bucket };
  const tasks = await listTasks(transaction, place.runId);
  const { origin, vicinity, cause, summary } = await findCulprit(transaction, run, tasks);
  const stored = new Map(tasks.map((task) => [task.task.taskId, task]));
  const view = (task: TaskState) => [stored.get(task.taskId)].flatMap((known) => (known === undefined ? [] : [taskView(known, (taskId) => stored.has(taskId))]));
  return {
    task: (origin === null ? undefined : view(origin.task)[0]) ?? null,
    error: errorView(cause ?? failureShownFor(run.run.progress)),
    upstream: (origin?.upstream ?? []).flatMap(view),
    events: await eventViews(transaction, run, await findEventsBefore(transaction, place, vicinity)),
    log_tail: [...(await findLogTail(transaction, place, vicinity))],
    summary,
  };
}

/** What failed first, as far as anything tells. */
interface Culprit {
  readonly origin: FailureOrigin | null;
  readonly vicinity: Vicinity;
  readonly cause: FailureCause | null;
  readonly summary: string;
}

async function findCulprit(transaction: Transaction, run: StoredRun, tasks: readonly StoredTask[]): Promise<Culprit> {
  const { runId, progress } = run.run;
  const outcome = outcomeOf(progress);
  if (outcome === Outcome.SUCCESS || outcome === Outcome.SKIP) throw new OrreryError('ORRERY_NOT_FOUND', `run ${runId} did not fail`);
  const origin = originOfFailure(tasks.map(({ task }) => task));
  if (origin !== null) {
    const attempt = latestAttempt(origin.task);
    const vicinity = { taskId: origin.task.taskId, untilUs: attempt.progress.finishedAtUs };
    return { origin, vicinity, cause: failureShownFor(attempt.progress), summary: failureSentence(origin) };
  }
  const event = await findFirstFailedEvent(transaction, { runId, bucket: run.bucket });
  if (event !== null) {
    const vicinity = { taskId: event.taskId, untilUs: event.progress.finishedAtUs ?? progress.finishedAtUs };
    return { origin, vicinity, cause: failureShownFor(event.progress), summary: eventSentence(event) };
  }
  if (!hasFailed(progress)) throw new OrreryError('ORRERY_NOT_FOUND', `run ${runId} did not fail`);
  return { origin, vicinity: { taskId: null, untilUs: progress.finishedAtUs }, cause: null, summary: runSentence(run) };
}

async function eventViews(transaction: Transaction, { run, bucket }: StoredRun, events: readonly EventState[]): Promise<EventView[]> {
  const ids = events.map(({ eventId }) => eventId);
  const childCounts = await countChildrenOf(transaction, { runId: run.runId, bucket }, ids);
  const artifactCounts = await countArtifactsOf(transaction, run.runId, ids);
  return events.map((event) => eventView(event, { artifactCount: artifactCounts.get(event.eventId) ?? 0, childCount: childCounts.get(event.eventId) ?? 0, children: [] }));
}

function eventSentence({ kind, name, actor, eventId, progress }: EventState): string {
  const what = (kind ?? 'event').replaceAll('_', ' ');
  return `The ${what} "${name ?? eventId}"${actor === null ? '' : ` of "${actor}"`} failed${causeText(failureShownFor(progress))}.`;
}

function runSentence({ run: { progress, workflow, externalId, runId } }: StoredRun): string {
  const word = outcomeWord(progress.ending?.outcome ?? Outcome.UNKNOWN);
  return `Run "${workflow ?? externalId ?? runId}" ended as ${word}${causeText(failureShownFor(progress))}; no task of it is known to have failed.`;
}
