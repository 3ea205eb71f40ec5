import { Status, taskIdOf } from '@orrery/contracts';
import { first, idText, record, text, timeMs, type JsonRecord } from '../json-reading.js';
import type { Execution } from '../source-event.js';
import { failureOf, isTrouble, type RunStatement } from '../statements.js';
import { endNotBefore } from '../time.js';
import { githubStandingOf } from './github-standing.js';
import { namedRun, versionControlOf, type Repository } from './repository.js';

// Every job of GitHub Actions is a check run and every workflow run a check suite as well; their own events say more of them.
const actionsApp = 'github-actions';

/**
 * What a `check_run` object says: a task of the run that its check suite is. Undefined for jobs of GitHub Actions and when it
 * has no id or no suite.
 */
export function checkRunExecution(object: JsonRecord, repository: Repository, flags: Set<string>): Execution | undefined {
  const suite = record(object, 'check_suite');
  const suiteId = idText(suite, 'id');
  const checkId = idText(object, 'id');
  const app = record(object, 'app') ?? record(suite, 'app');
  if (suite === undefined || suiteId === undefined || checkId === undefined || text(app, 'slug') === actionsApp) return undefined;
  const run = suiteRun(suite, suiteId, repository, app);
  const standing = githubStandingOf(object);
  const startedAtMs = standing.status === Status.QUEUED ? undefined : timeMs(object, 'started_at');
  const task = {
    taskId: taskIdOf(run.runId, checkId),
    externalId: checkId,
    name: text(object, 'name'),
    kind: 'check',
    attempt: 1,
    ...standing,
    startedAtMs,
    finishedAtMs: standing.status === Status.FINISHED ? endNotBefore(startedAtMs, timeMs(object, 'completed_at'), flags) : undefined,
    failure: isTrouble(standing) ? failureOf(text(object, 'conclusion'), text(object, 'output', 'title')) : undefined,
    url: first(text(object, 'html_url'), text(object, 'details_url')),
  };
  return { run, tasks: [task] };
}

/**
 * What a `check_suite` object says of the run that it is. Undefined for GitHub Actions, for requests, and for a suite without
 * check runs: GitHub makes one for each installed app at each push, and most apps never use it.
 */
export function checkSuiteExecution(object: JsonRecord, repository: Repository, action: string | undefined): Execution | undefined {
  const suiteId = idText(object, 'id');
  const app = record(object, 'app');
  if (suiteId === undefined || action !== 'completed' || text(app, 'slug') === actionsApp) return undefined;
  return { run: suiteRun(object, suiteId, repository, app) };
}

function suiteRun(suite: JsonRecord, suiteId: string, repository: Repository, app: JsonRecord | undefined): RunStatement {
  const standing = githubStandingOf(suite);
  return {
    ...namedRun(repository, `check_suite/${suiteId}`),
    ...standing,
    workflow: first(text(app, 'name'), text(app, 'slug'), 'checks'),
    queuedAtMs: timeMs(suite, 'created_at'),
    finishedAtMs: standing.status === Status.FINISHED ? timeMs(suite, 'updated_at') : undefined,
    trigger: 'check_suite',
    versionControl: versionControlOf(repository, suite),
    failure: isTrouble(standing) ? failureOf(text(suite, 'conclusion')) : undefined,
  };
}
