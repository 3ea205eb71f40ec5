import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { clientOf, findRowsByIndex, type Transaction } from '@orrery/persistence';
import type { TestStore } from '@orrery/testing';
import { eventStoreServiceOn } from '../src/event-store.module.js';
import { TraceDatabase } from '../src/reading/trace-database.js';
import { readFailure } from '../src/reading/failure.reader.js';
import { readProvenance } from '../src/reading/provenance.reader.js';
import { readRunDetail } from '../src/reading/run.reader.js';
import { readState } from '../src/reading/state.reader.js';
import { readTimeline } from '../src/reading/timeline.reader.js';
import { noProgress } from '../src/domain/progress.js';
import { changesAfter } from '../src/storage/change-feed.js';
import { findErrorLines, type AttemptPlace } from '../src/storage/error-line.repository.js';
import { listArtifacts, listMessages, listSamples } from '../src/storage/leaf.repository.js';
import { loadRuns, type StoredRun } from '../src/storage/run-rows.js';
import { listRuns } from '../src/storage/run.repository.js';
import { loadTasks } from '../src/storage/task-rows.js';
import { reportRun } from './build-run.js';
import { RunTeller } from './records.js';
import { batchOf, openStore } from './store-scene.js';

let scene: TestStore;
let traces: TraceDatabase;
const teller = new RunTeller('run-7');

beforeAll(async () => {
  scene = await openStore();
  traces = new TraceDatabase(scene.database);
  const service = eventStoreServiceOn(scene.database, Date.now);
  const records = Array.from({ length: 300 }, (_, index) => reportRun(new RunTeller(`run-${index}`))).flat();
  await service.apply(batchOf(records));
  await scene.admin.query('analyze');
});
afterAll(() => scene.close());

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly Disabled?: boolean;
  readonly 'Actual Loops'?: number;
  readonly 'Actual Rows'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** Runs some reading and explains every statement it makes; returns what the plans read and how. */
async function plansOf(read: (transaction: Transaction, run: StoredRun) => Promise<unknown>, options = 'format json'): Promise<readonly PlanNode[]> {
  const statements: { text: string; values: unknown[] }[] = [];
  return await traces.readRun('default', teller.runId, async (transaction, run) => {
    const client = await transaction.queryRunner!.connect();
    const send = client.query;
    client.query = (query: { text?: string; values?: unknown[] }, ...rest: unknown[]) => {
      if (query.text !== undefined) statements.push({ text: query.text, values: query.values ?? [] });
      return send.call(client, query, ...rest);
    };
    try {
      await read(transaction, run);
    } finally {
      client.query = send;
    }
    const nodes: PlanNode[] = [];
    for (const { text, values } of statements) {
      const { rows } = await client.query(`explain (${options}) ${text}`, values);
      collect(rows[0]['QUERY PLAN'][0].Plan, nodes);
    }
    return nodes;
  });
}

function collect(node: PlanNode, into: PlanNode[]): void {
  into.push(node);
  for (const plan of node.Plans ?? []) collect(plan, into);
}

const errorsOf = ({ run: { runId }, bucket }: StoredRun, task: string): AttemptPlace => ({
  attempt: { number: 1, progress: noProgress, executor: null },
  ...{ runId, bucket, taskId: teller.task(task), span: { fromUs: null, untilUs: null } },
});

const page = { after: undefined, limit: 10 };
const place = { atUs: Date.UTC(2024, 4, 2) * 1000, id: teller.runId };

describe('the consumer of a store that is still empty', () => {
  it.each([
    ['runs', loadRuns, 'run_pkey'],
    ['tasks', loadTasks, 'task_pkey'],
  ])('makes a plan that finds %s by their keys, also when there are many', async (_name, { text }, index) => {
    const empty = await openStore();
    try {
      const nodes = await empty.database.transaction(async (transaction) => {
        await findRowsByIndex(transaction);
        await empty.database.actAs(transaction, 'default');
        const client = await clientOf(transaction);
        const parameters = [...new Set(text.match(/\$\d/g))].map(() => `'{}'`);
        await client.query(`set local plan_cache_mode = force_generic_plan`);
        await client.query(`prepare load as ${text}`);
        const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(`explain (format json) execute load (${parameters.join(', ')})`);
        const found: PlanNode[] = [];
        for (const { 'QUERY PLAN': [{ Plan: plan }] } of rows) collect(plan, found);
        return found;
      });

      expect(nodes.flatMap((node) => node['Index Name'] ?? [])).toEqual([index]);
    } finally {
      await empty.close();
    }
  });
});

describe('a reading', () => {
  it.each<[string, (transaction: Transaction, run: StoredRun) => Promise<unknown>]>([
    ['runs by time', (transaction) => listRuns(transaction, { labels: {} }, place, 10)],
    ['runs of a workflow', (transaction) => listRuns(transaction, { labels: {}, workflow: 'weekly report' }, place, 10)],
    ['a run with its actors and children', readRunDetail],
    ['a timeline', (transaction, run) => readTimeline(transaction, run, {}, page)],
    ['a timeline further on', (transaction, run) => readTimeline(transaction, run, {}, { ...page, after: place })],
    ['a timeline of a task', (transaction, run) => readTimeline(transaction, run, { taskId: teller.task('write') }, page)],
    ['a timeline below an event', (transaction, run) => readTimeline(transaction, run, { parentEventId: teller.event('agent') }, page)],
    ['the calls of an actor', (transaction, run) => readTimeline(transaction, run, { actor: 'writer' }, page)],
    ['artifacts', (transaction, run) => listArtifacts(transaction, { runId: run.run.runId, bucket: run.bucket }, {}, page)],
    ['messages', (transaction, run) => listMessages(transaction, { runId: run.run.runId, bucket: run.bucket }, page)],
    ['samples', (transaction, run) => listSamples(transaction, { runId: run.run.runId, bucket: run.bucket }, {}, page)],
    ['a state', (transaction, run) => readState(transaction, run, place.atUs)],
    ['a failure', readFailure],
    ['a provenance by uri', (transaction) => readProvenance(transaction, { uri: 's3://data/sales.csv' })],
    ['a provenance by hash', (transaction) => readProvenance(transaction, { hash: 'sha256:bb' })],
    ['the errors of an attempt', (transaction, run) => findErrorLines(transaction, [errorsOf(run, 'write')])],
    ['the feed', (transaction) => changesAfter(transaction, { xid: '1', number: '0' }, 10)],
  ])('of %s finds its rows through indexes', async (_name, read) => {
    const nodes = await plansOf(read);

    const scans = nodes.filter((node) => node['Relation Name'] !== undefined || node['Index Name'] !== undefined);
    expect(scans.length).toBeGreaterThan(0);
    expect(nodes.filter((node) => node['Node Type'] === 'Seq Scan' || node.Disabled === true)).toEqual([]);
  });

  it('below a run looks into the one partition that holds it', async () => {
    await scene.admin.query(`select ensure_monthly_partitions(t, array['2024-06-01', '2024-07-01']::date[]) from unnest(array['execution_event', 'record']) t`);

    const nodes = await plansOf((transaction, run) => readTimeline(transaction, run, {}, page));

    const relations = new Set(nodes.flatMap((node) => node['Relation Name'] ?? []).filter((name) => name.startsWith('execution_event')));
    expect([...relations]).toEqual(['execution_event_2024_05']);
  });

  it('of the errors of attempts touches nothing but those errors, however much was logged beside them', async () => {
    await scene.admin.query(`
      insert into execution_event (run_id, event_id, bucket, tenant_id, task_id, kind, output, severity_number, placed_at, is_told)
      select '${teller.runId}', gen_random_uuid(), '2024-05-01', 'default', '${teller.task('fetch')}', 'log', 'line ' || line, case line % 5000 when 0 then 17 else 9 end, timestamptz '2024-05-01' + line * interval '1 ms', true
      from generate_series(1, 20000) as line`);
    await scene.admin.query(`select ensure_monthly_partitions('execution_event', array['2024-06-01', '2024-07-01']::date[])`);

    // Statistics are those from before the insert, as they are after a burst.
    const nodes = await plansOf((transaction, run) => findErrorLines(transaction, [errorsOf(run, 'write'), errorsOf(run, 'fetch')]), 'analyze, format json');

    const scans = nodes.filter((node) => node['Relation Name']?.startsWith('execution_event') === true && node['Actual Loops'] !== 0);
    expect(scans.map((node) => ({ type: node['Node Type'], relation: node['Relation Name'], loops: node['Actual Loops'], removed: node['Rows Removed by Filter'] ?? 0 }))).toEqual([
      { type: 'Index Scan', relation: 'execution_event_2024_05', loops: 2, removed: 0 },
    ]);
  });

  it('of runs takes them from the index in order, without sorting', async () => {
    const nodes = await plansOf((transaction) => listRuns(transaction, { labels: {} }, place, 10));

    expect(nodes.map((node) => node['Index Name']).filter(Boolean)).toEqual(['run_by_time']);
    expect(nodes.some((node) => node['Node Type'].includes('Sort'))).toBe(false);
  });
});
