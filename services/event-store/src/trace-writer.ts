import type { Transaction } from '@orrery/persistence';
import { bucketOf, undatedBucket } from './domain/bucket.js';
import { instant } from './domain/instant.js';
import { joinRun } from './domain/run-state.js';
import { joinTask, stubTask, type TaskState } from './domain/task-state.js';
import { addSources, noContent, noTasks, withContent, withTask, type ContentTally, type SourceTally } from './domain/tally.js';
import { TraceBuilder } from './domain/trace.js';
import { newReadingsOf, type NamedReading } from './new-readings.js';
import { ContentLedger } from './storage/content-ledger.js';
import { artifactRows, eventRows, messageRows, sampleRows } from './storage/mergeable-rows.js';
import { mergeRows, type MergeableRows, type PlacedState } from './storage/merge-rows.js';
import { ensureBuckets, keepRecords, type IncomingRecord, type PlacedRecord } from './storage/record-rows.js';
import { fromRunRow, loadRuns, toRunRow, upsertRuns, type StoredRun } from './storage/run-rows.js';
import { execute } from './storage/statement.js';
import { fromTaskRow, loadTasks, toTaskRow, upsertTasks, type StoredTask } from './storage/task-rows.js';
import type { Row } from './storage/field-map.js';

/** What one batch did to one run. */
export interface RunUpdate {
  /** Null for a new run. */
  readonly before: StoredRun | null;
  readonly after: StoredRun;
  readonly tasks: readonly TaskUpdate[];
  readonly newEvents: number;
  readonly newArtifacts: number;
  readonly newReadings: readonly NamedReading[];
}

export interface TaskUpdate {
  readonly before: StoredTask | null;
  readonly after: StoredTask;
}

export interface StoredBatch {
  readonly updates: readonly RunUpdate[];
  /** Records that were not known before. */
  readonly keptCount: number;
}

interface RunDraft {
  readonly builder: TraceBuilder;
  readonly bucket: string;
  readonly sources: Map<string, SourceTally>;
}

/**
 * Writes one tenant's records within a transaction: keeps those that are new, joins them in memory, then joins the result with the
 * rows that are there. It relies on being the only writer of these runs: the records of a run lie in one partition of the log.
 */
export class TraceWriter {
  constructor(private readonly nowUs: () => number) {}

  async write(transaction: Transaction, tenantId: string, records: readonly IncomingRecord[]): Promise<StoredBatch> {
    const runIds = [...new Set(records.map(({ value }) => value.runId).filter((runId) => runId !== ''))];
    const runs = new Map((await execute<Row>(transaction, loadRuns, [runIds])).map(fromRunRow).map((stored) => [stored.run.runId, stored]));
    const placed = this.place(records, runs);
    await ensureBuckets(transaction, placed.map(({ bucket }) => bucket), undatedBucket);
    const kept = await keepRecords(transaction, tenantId, placed);
    const drafts = draftsOf(kept);
    const ledger = new ContentLedger();
    const merge = <State>(rows: MergeableRows<State>, states: (builder: TraceBuilder) => ReadonlyMap<string, State>) => mergeRows(transaction, tenantId, rows, placedStates(drafts, states));
    ledger.countEvents(await merge(eventRows, ({ events }) => events));
    ledger.countArtifacts(await merge(artifactRows, ({ artifacts }) => artifacts));
    await merge(messageRows, ({ messages }) => messages);
    const samples = await merge(sampleRows, ({ samples }) => samples);
    const tasks = await writeTasks(transaction, tenantId, drafts, ledger);
    const readings = newReadingsOf(kept, samples, tasks);
    const updates = [...drafts].map(([runId, draft]) => updateOf(runs.get(runId) ?? null, draft, { tasks: tasks.get(runId)?.updates ?? [], ledger, readings: readings.get(runId) ?? [] }));
    if (updates.length > 0) await execute(transaction, upsertRuns, [JSON.stringify(updates.map(({ after }) => toRunRow(after))), tenantId]);
    return { updates, keptCount: kept.length };
  }

  /** Every record goes where its run lies; a new run lies in the month of its first record. */
  private place(records: readonly IncomingRecord[], runs: ReadonlyMap<string, StoredRun>): readonly PlacedRecord[] {
    const nowUs = this.nowUs();
    const bucketOfNew = new Map<string, string>();
    return records.map((record) => {
      const { runId, receivedAtMs } = record.value;
      const known = runs.get(runId)?.bucket ?? bucketOfNew.get(runId);
      const bucket = known ?? bucketOf(instant(receivedAtMs), nowUs);
      if (runId !== '') bucketOfNew.set(runId, bucket);
      return { ...record, bucket };
    });
  }
}

function draftsOf(records: readonly PlacedRecord[]): ReadonlyMap<string, RunDraft> {
  const drafts = new Map<string, RunDraft>();
  for (const { value, bucket } of records) {
    if (value.runId === '') continue;
    const draft = drafts.get(value.runId) ?? { builder: new TraceBuilder(value.runId), bucket, sources: new Map() };
    drafts.set(value.runId, draft);
    draft.builder.add(value);
    const format = value.origin?.format ?? '';
    const type = value.origin?.type ?? '';
    const key = `${format} ${type}`;
    draft.sources.set(key, { format, type, count: (draft.sources.get(key)?.count ?? 0) + 1 });
  }
  return drafts;
}

function placedStates<State>(drafts: ReadonlyMap<string, RunDraft>, states: (builder: TraceBuilder) => ReadonlyMap<string, State>): readonly PlacedState<State>[] {
  const placed: PlacedState<State>[] = [];
  for (const [runId, { builder, bucket }] of drafts) {
    for (const [id, state] of states(builder)) placed.push({ runId, bucket, id, state });
  }
  return placed;
}

/** What the tasks of a batch came to in one run. */
interface WrittenTasks {
  /** Those that changed. */
  readonly updates: TaskUpdate[];
  /** All, by id. */
  readonly names: Map<string, string | null>;
}

async function writeTasks(transaction: Transaction, tenantId: string, drafts: ReadonlyMap<string, RunDraft>, ledger: ContentLedger): Promise<ReadonlyMap<string, WrittenTasks>> {
  const drafted = [...drafts].flatMap(([runId, { builder }]) => [...builder.tasks.values()].map((task) => ({ runId, task })));
  const counted = ledger.tasks().filter(({ runId, taskId }) => drafts.get(runId)?.builder.tasks.has(taskId) !== true);
  const touched = [...drafted, ...counted.map(({ runId, taskId }) => ({ runId, task: stubTask(taskId) }))];
  if (touched.length === 0) return new Map();
  const rows = await execute<Row>(transaction, loadTasks, [touched.map(({ runId }) => runId), touched.map(({ task }) => task.taskId)]);
  const stored = new Map(rows.map((row) => [`${String(row['run_id'])} ${String(row['task_id'])}`, fromTaskRow(row)]));
  const written = new Map<string, WrittenTasks>();
  const changed: Row[] = [];
  for (const { runId, task } of touched) {
    const update = taskUpdateOf(stored.get(`${runId} ${task.taskId}`) ?? null, task, ledger.ofTask(runId, task.taskId));
    const ofRun: WrittenTasks = written.get(runId) ?? { updates: [], names: new Map() };
    written.set(runId, ofRun);
    ofRun.names.set(task.taskId, update.after.task.name ?? update.after.task.externalId);
    if (update.before === update.after) continue;
    changed.push(toTaskRow(runId, update.after));
    ofRun.updates.push(update);
  }
  if (changed.length > 0) await execute(transaction, upsertTasks, [JSON.stringify(changed), tenantId]);
  return written;
}

function taskUpdateOf(before: StoredTask | null, task: TaskState, content: ContentTally | undefined): { readonly before: StoredTask | null; readonly after: StoredTask } {
  if (before === null) return { before, after: { task, content: content ?? noContent } };
  const joined = joinTask(before.task, task);
  if (joined === before.task && content === undefined) return { before, after: before };
  return { before, after: { task: joined, content: content === undefined ? before.content : withContent(before.content, content) } };
}

interface RunParts {
  readonly tasks: readonly TaskUpdate[];
  readonly ledger: ContentLedger;
  readonly readings: readonly NamedReading[];
}

function updateOf(before: StoredRun | null, { builder, bucket, sources }: RunDraft, { tasks, ledger, readings }: RunParts): RunUpdate {
  const { content, newEvents, newArtifacts } = ledger.ofRun(builder.run.runId);
  const after: StoredRun = {
    run: before === null ? builder.run : joinRun(before.run, builder.run),
    bucket: before?.bucket ?? bucket,
    tasks: tasks.reduce((tally, task) => withTask(tally, task.before?.task ?? null, task.after.task), before?.tasks ?? noTasks),
    content: withContent(before?.content ?? noContent, content),
    sources: addSources(before?.sources ?? [], [...sources.values()]),
  };
  return { before, after, tasks, newEvents, newArtifacts, newReadings: readings };
}
