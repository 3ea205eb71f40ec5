import { Outcome, runIdOf, Status } from '@orrery/contracts';
import type { JsonRecord } from '../json-reading.js';
import type { FailureStatement, RunStatement } from '../statements.js';
import type { FieldReader } from './field-reader.js';

const statuses: ReadonlyMap<string, Status> = new Map([
  ['queued', Status.QUEUED],
  ['running', Status.RUNNING],
  ['paused', Status.PAUSED],
  ['finished', Status.FINISHED],
]);
const outcomes: ReadonlyMap<string, Outcome> = new Map([
  ['success', Outcome.SUCCESS],
  ['failure', Outcome.FAILURE],
  ['error', Outcome.ERROR],
  ['timeout', Outcome.TIMEOUT],
  ['cancellation', Outcome.CANCELLATION],
  ['skip', Outcome.SKIP],
  ['unknown', Outcome.UNKNOWN],
]);
const defaultEngine = 'orrery';

/** How something stands and when it did what, as runs, tasks and events tell it alike. */
export interface Progress {
  readonly status?: Status;
  readonly outcome?: Outcome;
  readonly startedAtMs?: number;
  readonly finishedAtMs?: number;
}

/** Reads status, outcome, start and end; an outcome without a status means that it finished. */
export function progressOf(from: JsonRecord, reader: FieldReader): Progress {
  const outcome = reader.word(from, 'outcome', outcomes);
  const startedAtMs = reader.timeMs(from, 'started_at');
  return {
    status: reader.word(from, 'status', statuses) ?? (outcome === undefined ? undefined : Status.FINISHED),
    outcome,
    startedAtMs,
    finishedAtMs: reader.endMs(from, 'finished_at', startedAtMs),
  };
}

/** Reads `error` as why something did not succeed. */
export function failureIn(from: JsonRecord, reader: FieldReader): FailureStatement | undefined {
  const error = reader.record(from, 'error');
  if (error === undefined) return undefined;
  return { type: reader.text(error, 'type'), message: reader.text(error, 'message'), exitCode: reader.int32(error, 'exit_code') };
}

/** Reads `run`; undefined, with a fault, when it has no id: without one nothing can be said of any run. */
export function runStatementOf(
  data: JsonRecord,
  reader: FieldReader,
  origin: { readonly tenantId: string; readonly source: string },
): RunStatement | undefined {
  reader.turnTo('run');
  const run = data.run;
  if (typeof run !== 'object' || run === null || Array.isArray(run)) return reader.fault('', 'expected an object with an id');
  const from = run as JsonRecord;
  const externalId = reader.requiredText(from, 'id');
  if (externalId === undefined) return undefined;
  const { tenantId } = origin;
  const named = {
    engine: reader.text(from, 'engine') ?? defaultEngine,
    source: reader.text(from, 'source') ?? origin.source,
    externalId,
    attempt: reader.attempt(from) ?? 1,
  };
  return {
    runId: runIdOf({ tenantId, ...named }),
    ...named,
    ...progressOf(from, reader),
    namespace: reader.text(from, 'namespace'),
    workflow: reader.text(from, 'workflow'),
    queuedAtMs: reader.timeMs(from, 'queued_at'),
    trigger: reader.text(from, 'trigger'),
    url: reader.text(from, 'url'),
    traceId: reader.text(from, 'trace_id'),
    failure: failureIn(from, reader),
    labels: reader.labels(from, 'labels'),
    versionControl: versionControlIn(from, reader),
    parentRunId: parentRunIdIn(from, reader, { tenantId, ...named }),
    previousRunId: named.attempt > 1 ? runIdOf({ tenantId, ...named, attempt: named.attempt - 1 }) : undefined,
  };
}

function versionControlIn(from: JsonRecord, reader: FieldReader): RunStatement['versionControl'] {
  const given = reader.record(from, 'version_control');
  if (given === undefined) return undefined;
  return {
    repositoryUrl: reader.text(given, 'repository_url'),
    revision: reader.text(given, 'revision'),
    refName: reader.text(given, 'ref_name'),
    refType: reader.text(given, 'ref_type'),
  };
}

/** What a parent does not say it shares with its child. */
function parentRunIdIn(
  from: JsonRecord,
  reader: FieldReader,
  child: { readonly tenantId: string; readonly engine: string; readonly source: string },
): string | undefined {
  const parent = reader.record(from, 'parent');
  if (parent === undefined) return undefined;
  const externalId = reader.text(parent, 'id');
  if (externalId === undefined) return reader.fault('parent.id', 'expected a non-empty text');
  return runIdOf({
    tenantId: child.tenantId,
    engine: reader.text(parent, 'engine') ?? child.engine,
    source: reader.text(parent, 'source') ?? child.source,
    externalId,
    attempt: reader.attempt(parent) ?? 1,
  });
}
