import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { taskFinished, usualTasks, type TestStore } from '@orrery/testing';
import { operations } from '../src/api/openapi.js';
import { openStore, ServiceScene } from './baseline-scene.js';

let store: TestStore;
let scene: ServiceScene;
let ids: { readonly key_id: string; readonly anomaly_id: string };

const told = { tenantId: 'team-a', workflow: 'secret', startedAtMs: Date.now() - 8 * 3_600_000 };

beforeAll(async () => {
  store = await openStore();
  scene = await ServiceScene.open(store);
  await scene.tell([...usualTasks(25, told), taskFinished('slow', { ...told, startedAtMs: Date.now() - 600_000, durationMs: 590_000 })]);
  const [anomaly] = (await scene.get('/api/v1/anomalies', 'team-a')).body.items;
  ids = { anomaly_id: anomaly.anomaly_id, key_id: anomaly.subject.key_id };
});
afterAll(async () => {
  await scene.close();
  await store.close();
});

/** A call of each route that gives its owner an answer with the secret; a route without an entry fails the spec below. */
const calls: Readonly<Record<string, { readonly query?: string; readonly body?: object }>> = {
  listBaselines: {},
  getBaselineFor: { query: '?engine=spec&namespace=team&workflow=secret&task=build' },
  getBaseline: {},
  getBaselineHistory: {},
  listAnomalies: {},
  getAnomalyStatistics: {},
  getAnomaly: {},
  previewAnomalyRule: { body: { workflow: 'secret', task: 'build', metric: 'duration', threshold: 2 } },
  acknowledgeAnomaly: { body: {} },
  muteAnomaly: { body: { for_s: 60 } },
  resolveAnomaly: { body: {} },
  markFalsePositive: { body: {} },
  forgetBaseline: {},
};

describe('another tenant', () => {
  it('has a call of every route below', () => {
    expect(operations.map(({ id }) => id).sort()).toEqual(Object.keys(calls).sort());
  });

  it.each(Object.keys(calls))('learns and does nothing by %s', async (id) => {
    const { path = '', method = 'get' } = operations.find((operation) => operation.id === id) ?? {};
    const { query = '', body } = calls[id] ?? {};
    const place = path.replace('{key_id}', ids.key_id).replace('{anomaly_id}', ids.anomaly_id) + query;

    const ours = await scene.call(method.toUpperCase(), place, body, 'team-b');
    const nobody = await scene.call(method.toUpperCase(), place, body, 'nobody');
    const theirs = await scene.call(method.toUpperCase(), place, body, 'team-a');

    expect(nobody.status).toBe(401);
    expect([200, 204]).toContain(theirs.status);
    if (ours.status === 404) return;
    expect(JSON.stringify(theirs.body)).not.toEqual(JSON.stringify(ours.body));
    // What was asked for may be repeated; nothing else of it.
    expect(JSON.stringify('answered_by' in ours.body ? ours.body.answered_by : (ours.body.items ?? ours.body))).not.toMatch(/secret|build|[1-9]/);
  });
});

describe('every table with a tenant', () => {
  it('is bound by forced row security, its partitions closed to the services', async () => {
    const tables = await store.rows<{ name: string; isForced: boolean; isOpen: boolean; isPartition: boolean }>(`
      select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as "isForced", c.relispartition as "isPartition",
        has_table_privilege('orrery_app', c.oid, 'select') as "isOpen"
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
      where c.relnamespace = 'baseline'::regnamespace and c.relkind in ('r', 'p')`);

    expect(tables.length).toBeGreaterThan(12);
    for (const { name, isForced, isOpen, isPartition } of tables) expect({ name, isSafe: isPartition ? !isOpen : isForced }).toEqual({ name, isSafe: true });
  });

  it('shows nothing to a transaction without a tenant', async () => {
    for (const table of ['baseline', 'baseline_history', 'outage_guard', 'cadence', 'seen_fact', 'observation', 'observation_tally', 'running_run', 'anomaly', 'cause_setting']) {
      expect(await store.database.transaction((transaction) => transaction.query(`select 1 from ${table}`))).toEqual([]);
    }
  });
});
