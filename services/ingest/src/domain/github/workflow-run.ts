import { Status } from '@orrery/contracts';
import { first, idText, text, timeMs, type JsonRecord } from '../json-reading.js';
import type { Execution } from '../source-event.js';
import { failureOf, isTrouble, type RunStatement } from '../statements.js';
import { endNotBefore } from '../time.js';
import { githubStandingOf } from './github-standing.js';
import { attemptOf, namedRun, versionControlOf, type Repository } from './repository.js';
import { traceIdOf } from './trace-ids.js';

/** What a `workflow_run` object, of a webhook or of the REST API, says; undefined when it has no id. */
export function workflowRunExecution(
  object: JsonRecord,
  repository: Repository,
  given: { readonly workflow: unknown; readonly flags: Set<string> },
): Execution | undefined {
  const id = idText(object, 'id');
  if (id === undefined) return undefined;
  const attempt = attemptOf(object);
  const standing = githubStandingOf(object);
  const named = namedRun(repository, id, attempt);
  const times = timesOf(object, standing.status, given.flags);
  const run: RunStatement = {
    ...named,
    ...standing,
    ...times,
    workflow: first(text(object, 'name'), text(given.workflow, 'name'), text(object, 'path')),
    trigger: text(object, 'event'),
    url: urlOf(object, attempt),
    versionControl: versionControlOf(repository, object),
    traceId: traceIdOf(id, attempt),
    failure: isTrouble(standing) ? failureOf(text(object, 'conclusion')) : undefined,
    labels: labelsOf(object),
    previousRunId: attempt > 1 ? namedRun(repository, id, attempt - 1).runId : undefined,
  };
  return { run };
}

function timesOf(object: JsonRecord, status: Status | undefined, flags: Set<string>): Partial<RunStatement> {
  const createdAtMs = timeMs(object, 'created_at');
  // Set anew by a re-run, when `created_at` still is that of the first attempt.
  const attemptAtMs = timeMs(object, 'run_started_at');
  const startedAtMs = status === Status.RUNNING || status === Status.FINISHED ? attemptAtMs : undefined;
  // There is no completed_at: a finished run was last updated when it finished.
  const endMs = status === Status.FINISHED ? timeMs(object, 'updated_at') : undefined;
  return {
    queuedAtMs: attemptOf(object) > 1 ? attemptAtMs : createdAtMs,
    startedAtMs,
    finishedAtMs: endNotBefore(startedAtMs, endMs, flags),
  };
}

function urlOf(object: JsonRecord, attempt: number): string | undefined {
  const url = text(object, 'html_url');
  return url === undefined || attempt === 1 ? url : `${url}/attempts/${attempt}`;
}

function labelsOf(object: JsonRecord): Record<string, string> {
  const labels: Record<string, string> = {};
  const told = {
    run_number: idText(object, 'run_number'),
    title: text(object, 'display_title'),
    actor: first(text(object, 'triggering_actor', 'login'), text(object, 'actor', 'login')),
    workflow_path: text(object, 'path'),
  };
  for (const [name, value] of Object.entries(told)) if (value !== undefined) labels[name] = value;
  return labels;
}
