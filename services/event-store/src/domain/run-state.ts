import type { ExecutionRecord, Run, VersionControl } from '@orrery/contracts';
import { instant, type Microseconds } from './instant.js';
import { ascending, byCodeUnit, fieldwise, greatest, keyed, least, unionOf, type Join } from './join.js';
import { joinProgress, noProgress, progressOf, type Progress } from './progress.js';
import { cut, maxNameLength, name, told } from './values.js';

/** A label and its value; lists of them ascend by label. */
export type Label = readonly [string, string];

export interface RevisionState {
  readonly repositoryUrl: string | null;
  readonly revision: string | null;
  readonly refName: string | null;
  readonly refType: string | null;
}

/** All that was told about one run, joined. */
export interface RunState {
  readonly runId: string;
  readonly engine: string | null;
  readonly source: string | null;
  readonly externalId: string | null;
  readonly attempt: number | null;
  readonly namespace: string | null;
  readonly workflow: string | null;
  readonly trigger: string | null;
  readonly url: string | null;
  readonly parentRunId: string | null;
  readonly rootRunId: string | null;
  readonly previousRunId: string | null;
  readonly traceId: string | null;
  readonly versionControl: RevisionState | null;
  readonly labels: readonly Label[];
  readonly flags: readonly string[];
  readonly progress: Progress;
  /** When the first and the last of its records came in. */
  readonly receivedAtUs: Microseconds | null;
  readonly updatedAtUs: Microseconds | null;
}

const maxLabels = 256;
const maxFlags = 64;
const maxLabelLength = 4096;

export const joinLabels: Join<readonly Label[]> = keyed(([label]: Label) => label, (a, b) => (b[1] > a[1] ? b : a), { limit: maxLabels });

export const joinRun: Join<RunState> = fieldwise<RunState>({
  runId: greatest,
  engine: greatest,
  source: greatest,
  externalId: greatest,
  attempt: greatest,
  namespace: greatest,
  workflow: greatest,
  trigger: greatest,
  url: greatest,
  parentRunId: greatest,
  rootRunId: greatest,
  previousRunId: greatest,
  traceId: greatest,
  versionControl: fieldwise<RevisionState>({ repositoryUrl: greatest, revision: greatest, refName: greatest, refType: greatest }),
  labels: joinLabels,
  flags: unionOf(maxFlags),
  progress: joinProgress,
  receivedAtUs: least,
  updatedAtUs: greatest,
});

/** A run of which nothing is known but that it exists: the neutral element of the join. */
export function emptyRun(runId: string): RunState {
  return {
    runId,
    engine: null,
    source: null,
    externalId: null,
    attempt: null,
    namespace: null,
    workflow: null,
    trigger: null,
    url: null,
    parentRunId: null,
    rootRunId: null,
    previousRunId: null,
    traceId: null,
    versionControl: null,
    labels: [],
    flags: [],
    progress: noProgress,
    receivedAtUs: null,
    updatedAtUs: null,
  };
}

/** What a record says of its run; a record may speak of a task alone, then the run is a stub. */
export function runOf(record: ExecutionRecord, saidAtUs: Microseconds): RunState {
  const receivedAtUs = instant(record.receivedAtMs);
  const around = { flags: ascending(record.flags), receivedAtUs, updatedAtUs: receivedAtUs };
  const stated = record.run === undefined ? emptyRun(record.runId) : statedRun(record.run, saidAtUs);
  return { ...stated, ...around, runId: record.runId };
}

/** Labels as a list that ascends by label. */
export function labelsOf(labels: Readonly<Record<string, string>>): readonly Label[] {
  const names = Object.keys(labels);
  if (names.length === 0) return [];
  const entries = names.map((label): Label => [cut(label, maxNameLength), cut(labels[label] ?? '', maxLabelLength)]);
  return joinLabels([], entries.sort(([a], [b]) => byCodeUnit(a, b)));
}

function statedRun(run: Run, saidAtUs: Microseconds): RunState {
  return {
    runId: run.runId,
    engine: name(run.engine),
    source: told(run.source),
    externalId: told(run.externalId),
    attempt: run.attempt > 0 ? run.attempt : null,
    namespace: name(run.namespace),
    workflow: name(run.workflow),
    trigger: told(run.trigger),
    url: told(run.url),
    parentRunId: told(run.parentRunId),
    rootRunId: told(run.rootRunId),
    previousRunId: told(run.previousRunId),
    traceId: told(run.traceId),
    versionControl: revisionOf(run.versionControl),
    labels: labelsOf(run.labels),
    flags: [],
    progress: progressOf(run, saidAtUs),
    receivedAtUs: null,
    updatedAtUs: null,
  };
}

function revisionOf(versionControl: VersionControl | undefined): RevisionState | null {
  if (versionControl === undefined) return null;
  const { repositoryUrl, revision, refName, refType } = versionControl;
  return { repositoryUrl: told(repositoryUrl), revision: told(revision), refName: told(refName), refType: told(refType) };
}
