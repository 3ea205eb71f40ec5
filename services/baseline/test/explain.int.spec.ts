import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addSeenFacts, type Transaction } from '@orrery/persistence';
import { epochMs, specRunId, type TestStore } from '@orrery/testing';
import { baselineServiceOn } from '../src/baseline.module.js';
import { levelsOf, observationsOf, workflowId, workloadKeyOf, type WorkflowFact } from '../src/domain/index.js';
import * as anomalies from '../src/storage/anomaly.repository.js';
import * as baselines from '../src/storage/baseline.repository.js';
import { loadCadences } from '../src/storage/cadence.repository.js';
import { loadCauseSettings } from '../src/storage/cause-setting.repository.js';
import { listHistory } from '../src/storage/history.repository.js';
import { latestObservations } from '../src/storage/observation.repository.js';
import { loadGuards } from '../src/storage/outage-guard.repository.js';
import { dropRunsBefore, loadRunningRuns, reportedRuns } from '../src/storage/running-run.repository.js';
import { countSeries, loadSeries, removeStaleSeries } from '../src/storage/series.repository.js';
import { countObservations } from '../src/storage/tally.repository.js';
import { claimDueWatches, dropWatches, isAnyWatchDue } from '../src/storage/watch.repository.js';
import { batchOf, openStore } from './baseline-scene.js';
import { factStream, sampledStream } from './fact-stream.js';

let store: TestStore;
const { started, tasks, finished } = factStream();
const [observation] = observationsOf(tasks[0] as WorkflowFact, epochMs);
const key = workloadKeyOf(observation!);
const keyIds = levelsOf(key).map(({ keyId }) => keyId);
const workflows = [workflowId(key)];
const place = { atMs: epochMs + 3_600_000, id: 'f' };

beforeAll(async () => {
  store = await openStore();
  const { service } = baselineServiceOn(store.database, Date.now);
  for (const facts of [started, tasks, finished, sampledStream()]) await service.apply(batchOf(facts));
  await store.admin.query('analyze');
});
afterAll(() => store.close());

describe('the service finds its rows through indexes', () => {
  it.each<[string, (transaction: Transaction) => Promise<unknown>]>([
    ['of states', (transaction) => baselines.loadBaselineStates(transaction, 'default', keyIds)],
    ['of guards', (transaction) => loadGuards(transaction, 'default', workflows)],
    ['of cadences', (transaction) => loadCadences(transaction, 'default', workflows)],
    ['of what people said', (transaction) => loadCauseSettings(transaction, 'default', keyIds)],
    ['of anomalies that are open', (transaction) => anomalies.lockUnresolvedAnomalies(transaction, 'default', keyIds)],
    ['of facts it has seen', (transaction) => addSeenFacts(transaction, 'default', [{ factId: observation!.observationId, bucket: '2026-03-01' }])],
    ['of runs that are overdue', (transaction) => reportedRuns(transaction, 'default', keyIds)],
    ['of runs to look at', (transaction) => loadRunningRuns(transaction, 'default', [specRunId('run-1')])],
    ['of what is due', async (transaction) => [await isAnyWatchDue(transaction, epochMs), await claimDueWatches(transaction, epochMs, { run: [], start: [3] }, 10), await dropWatches(transaction, 'default', 'run', ['x'])]],
    ['of one baseline', (transaction) => baselines.findBaseline(transaction, keyIds[0] ?? '')],
    ['of one anomaly', (transaction) => anomalies.findAnomaly(transaction, 'default', 'x')],
    ['of what a route still has to tell', (transaction) => anomalies.findAnomalies(transaction, ['x', 'y'])],
    ['of history', (transaction) => listHistory(transaction, keyIds[0] ?? '', { sinceMs: 0, beforeMs: Date.now() }, 10)],
    ['of observations', (transaction) => latestObservations(transaction, { workflow: key, subject: 'task', task: 'task-1', sinceMs: 0, limit: 10 })],
    ['of workflows', (transaction) => baselines.findWorkflows(transaction, 'flow-1', undefined)],
    ['of counts', async (transaction) => [await anomalies.countAnomalies(transaction, 'default', epochMs), await countObservations(transaction, 'default', epochMs)]],
    ['of series', async (transaction) => [await loadSeries(transaction, 'default', ['x', 'y']), await countSeries(transaction, 'default', 'sampled', 10)]],
    [
      'of what is old',
      async (transaction) => [
        await baselines.removeStaleBaselines(transaction, 'default', epochMs, 10),
        await anomalies.lockUnheardAnomalies(transaction, 'default', epochMs, 10),
        await anomalies.dropAnomaliesBefore(transaction, 'default', epochMs, 10),
        await dropRunsBefore(transaction, 'default', epochMs),
        await removeStaleSeries(transaction, 'default', epochMs, 10),
      ],
    ],
  ])('%s', async (_name, read) => {
    const nodes = await store.plansOf(read);

    const scans = nodes.filter((node) => node['Relation Name'] !== undefined || node['Index Name'] !== undefined);
    expect(scans.length).toBeGreaterThan(0);
    expect(nodes.filter((node) => node['Node Type'] === 'Seq Scan' || node.Disabled === true)).toEqual([]);
  });

  it.each<[string, string, (transaction: Transaction) => Promise<unknown>]>([
    ['baselines', 'baseline_by_time', (transaction) => baselines.listBaselines(transaction, {}, place, 10)],
    ['baselines of a workflow', 'baseline_by_workflow', (transaction) => baselines.listBaselines(transaction, { workflow: 'flow-1', task: 'task-1' }, place, 10)],
    ['anomalies', 'anomaly_by_time', (transaction) => anomalies.listAnomalies(transaction, {}, place, 10)],
    ['anomalies as they stand', 'anomaly_by_status', (transaction) => anomalies.listAnomalies(transaction, { statuses: ['resolved'] }, place, 10)],
    ['anomalies of a subject', 'anomaly_by_key', (transaction) => anomalies.listAnomalies(transaction, { keyId: keyIds[1] ?? '' }, place, 10)],
    ['anomalies of a workflow', 'anomaly_by_workflow', (transaction) => anomalies.listAnomalies(transaction, { workflow: 'flow-1' }, undefined, 10)],
  ])('and lists %s in the order of one', async (_name, index, read) => {
    const nodes = await store.plansOf(async (transaction) => {
      await transaction.query('set local enable_sort = off');
      await transaction.query('set local enable_bitmapscan = off');
      return await read(transaction);
    });

    const used = nodes.flatMap((node) => node['Index Name'] ?? []);
    expect(used).toEqual([index]);
    expect(nodes.map((node) => node['Node Type'])).not.toContain('Sort');
  });

  it('and anomalies of a run through the run', async () => {
    const nodes = await store.plansOf((transaction) => anomalies.listAnomalies(transaction, { runId: specRunId('run-46') }, undefined, 10));

    expect(nodes.flatMap((node) => node['Index Name'] ?? [])).toEqual(['anomaly_run_pkey', 'anomaly_pkey']);
  });
});
