import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { workflowId, type Observation } from '@orrery/contracts';
import { addSeenFacts, type Transaction } from '@orrery/persistence';
import { epochMs, specRunId, type TestStore } from '@orrery/testing';
import { findAccuracy, findDrifting, findMedianErrors, findThirds } from '../src/accuracy/accuracy.repository.js';
import { executionOf, historyKeysOfExecution, noChampions } from '../src/domain/index.js';
import { predictorServiceOn } from '../src/predictor.module.js';
import * as histories from '../src/storage/history.repository.js';
import { lockOpenPredictions } from '../src/storage/prediction.repository.js';
import { dropOldRuns, findRun, lockRuns } from '../src/storage/run-progress.repository.js';
import { loadWorkflowStates, workflowsNamed } from '../src/storage/workflow-state.repository.js';
import { pipelines } from './pipelines.js';
import { batchOf, openStore } from './predictor-scene.js';

let store: TestStore;
const { started, tasks, finished } = pipelines(40);
const execution = executionOf(tasks[0] as never, epochMs + 60_000_000)!;
const keyIds = historyKeysOfExecution(execution).map(({ keyId }) => keyId);
const workflow = workflowId(execution.observation as Observation);
const runId = specRunId('release-0');

beforeAll(async () => {
  store = await openStore();
  const { service } = predictorServiceOn(store.database, { championsOf: async () => noChampions }, Date.now);
  for (const facts of [started, tasks, finished]) await service.apply(batchOf(facts));
  await store.admin.query('analyze');
});
afterAll(() => store.close());

const filter = { workflow: 'release', target: undefined, sinceMs: 0 };

describe('the service finds its rows through indexes', () => {
  it.each<[string, (transaction: Transaction) => Promise<unknown>]>([
    ['of histories', (transaction) => histories.loadHistories(transaction, 'default', keyIds)],
    ['of workflows', async (transaction) => [await loadWorkflowStates(transaction, 'default', 'task', [workflow]), await workflowsNamed(transaction, { workflow: 'release' })]],
    ['of runs', async (transaction) => [await lockRuns(transaction, 'default', [{ runId, workflowId: workflow, recordedAtMs: 0 }], {} as never), await findRun(transaction, 'default', runId)]],
    ['of what was asked about runs', (transaction) => lockOpenPredictions(transaction, 'default', [runId])],
    ['of facts it has seen', (transaction) => addSeenFacts(transaction, 'default', [{ factId: execution.observation.observationId, bucket: '2026-03-01' }])],
    ['of scores', async (transaction) => [await findAccuracy(transaction, 'default', filter), await findMedianErrors(transaction, 'default', filter), await findThirds(transaction, 'default', filter), await findDrifting(transaction, 'default', 'release')]],
    ['of what is old', async (transaction) => [await histories.removeStaleHistories(transaction, 'default', epochMs, 10), await dropOldRuns(transaction, 'default', epochMs, 10)]],
  ])('%s', async (_name, read) => {
    const nodes = await store.plansOf(read);

    const scans = nodes.filter((node) => node['Relation Name'] !== undefined || node['Index Name'] !== undefined);
    expect(scans.length).toBeGreaterThan(0);
    expect(nodes.filter((node) => node['Node Type'] === 'Seq Scan' || node.Disabled === true)).toEqual([]);
  });
});
