import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestStore } from '@orrery/testing';
import { operations } from '../src/api/openapi.js';
import { reportRun } from './build-run.js';
import { RunTeller } from './records.js';
import { openStore, ServiceScene } from './store-scene.js';

let store: TestStore;
let scene: ServiceScene;
const owner = new RunTeller('secret-run', 'team-a');

beforeAll(async () => {
  store = await openStore();
  scene = await ServiceScene.open(store);
  await scene.tell(reportRun(owner));
});
afterAll(async () => {
  await scene.close();
  await store.close();
});

/** A call of each route that gives its owner an answer about the run; a route without an entry fails the spec below. */
const calls: Readonly<Record<string, string>> = {
  listRuns: '?q=secret-run',
  getRun: '',
  getGraph: '',
  getTimeline: '',
  listArtifacts: '',
  listMessages: '',
  listSamples: '',
  getState: '?at=2024-06-01T00:00:00Z',
  getFailure: '',
  getProvenance: '?uri=file:///report.md',
};
/** Dead letters and the feed have their own specs; the document is the same for everyone. */
const elsewhere = ['listDeadLetters', 'replayDeadLetters', 'live', 'getOpenApi'];

/** Words that stand in the answers to the owner. */
const content = /report|writer|weekly|disk full|sales|peak_memory/;

const pathOf = (path: string, query: string) => `${path.replace('{run_id}', owner.runId)}${query}`;

describe('another tenant', () => {
  it('has a call of every route below', () => {
    expect(operations.map(({ id }) => id).sort()).toEqual([...Object.keys(calls), ...elsewhere].sort());
  });

  it.each(operations.filter(({ id }) => id in calls).map(({ id, path }) => [id, pathOf(path, calls[id] ?? '')]))('learns nothing by %s', async (_id, path) => {
    const theirs = await scene.get(path, 'team-a');
    const ours = await scene.get(path, 'team-b');

    expect(theirs.status).toBe(200);
    expect(JSON.stringify(theirs.body)).toMatch(content);
    // A refusal may repeat what was asked for, nothing else.
    if (ours.status !== 404) expect(JSON.stringify(ours.body)).not.toMatch(content);
    if (ours.status === 200) expect(ours.body).toEqual({ items: [], next_cursor: null });
    else expect(ours.status).toBe(404);
  });
});

describe('every table with a tenant', () => {
  it('is bound by forced row security, its partitions closed to the services', async () => {
    const tables = await store.rows<{ name: string; isForced: boolean; isOpen: boolean; isPartition: boolean }>(`
      select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as "isForced", c.relispartition as "isPartition",
        has_table_privilege('orrery_app', c.oid, 'select') as "isOpen"
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
      where c.relnamespace = 'event_store'::regnamespace and c.relkind in ('r', 'p')`);

    expect(tables.length).toBeGreaterThan(8);
    for (const { name, isForced, isOpen, isPartition } of tables) expect({ name, isSafe: isPartition ? !isOpen : isForced }).toEqual({ name, isSafe: true });
  });

  it('shows nothing to a transaction without a tenant', async () => {
    for (const table of ['run', 'task', 'execution_event', 'artifact', 'message', 'sample', 'record', 'change_feed', 'replayed_dead_letter']) {
      expect(await store.database.transaction((transaction) => transaction.query(`select 1 from ${table}`))).toEqual([]);
    }
  });
});
