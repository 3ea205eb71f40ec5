import { Outcome } from '@orrery/contracts';
import { text } from '../json-reading.js';
import { finished, queued, running, type Standing } from '../statements.js';

const outcomes: ReadonlyMap<string, Outcome> = new Map([
  ['success', Outcome.SUCCESS],
  ['neutral', Outcome.SUCCESS],
  ['failure', Outcome.FAILURE],
  ['cancelled', Outcome.CANCELLATION],
  ['skipped', Outcome.SKIP],
  ['timed_out', Outcome.TIMEOUT],
  ['action_required', Outcome.ERROR],
  ['stale', Outcome.ERROR],
  ['startup_failure', Outcome.ERROR],
]);

const standings: ReadonlyMap<string, Standing> = new Map([
  ['requested', queued],
  ['queued', queued],
  ['pending', queued],
  // Waits for an approval or a concurrency group before it has begun, so it has nothing to pause.
  ['waiting', queued],
  ['in_progress', running],
]);

/**
 * How a run, job, step or check stands by its own `status` and `conclusion`; the webhook's `action` is not asked, for an action
 * of `queued` or `requested` comes with a status of waiting and even completed.
 */
export function githubStandingOf(subject: unknown): Standing {
  const status = text(subject, 'status');
  if (status !== 'completed') return standings.get(status ?? '') ?? {};
  return finished(outcomes.get(text(subject, 'conclusion') ?? '') ?? Outcome.UNKNOWN);
}
