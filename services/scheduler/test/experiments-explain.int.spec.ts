import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Transaction } from '@orrery/persistence';
import * as breakers from '../src/experiments/breaker.repository.js';
import * as experiments from '../src/experiments/experiment.repository.js';
import * as outcomes from '../src/experiments/outcome.repository.js';
import * as tallies from '../src/experiments/tally.repository.js';
import { ExperimentsScene } from './experiments-scene.js';

let scene: ExperimentsScene;
let experimentId: string;

beforeAll(async () => {
  scene = await ExperimentsScene.open();
  const { body } = await scene.post('/api/v1/schedule/experiments', { name: 'watch', kind: 'shadow', policy: 'learned-1' });
  experimentId = body.experiment_id;
  const arm = { experimentId, arm: 'control', policy: undefined, shadow: 'learned-1' } as const;
  await scene.runAll(Array.from({ length: 100 }, (_, index) => ({ name: `run-${index}`, arrivedMs: scene.nowMs + index * 1000, completionMs: 5000, arm, shadow: { shadowAssignments: [], shadowTookMs: 1 } })));
  scene.nowMs += 3_600_000;
  await scene.parts.look();
  await scene.store.admin.query('analyze');
});
afterAll(() => scene.close());

describe('experiments find their rows through indexes', () => {
  const span = () => ({ fromMs: scene.nowMs - 3_600_000, untilMs: scene.nowMs });

  it.each<[string, (transaction: Transaction) => Promise<unknown>]>([
    ['of experiments', async (transaction) => [await experiments.findExperiment(transaction, 'default', experimentId), await experiments.findExperimentNamed(transaction, 'default', 'watch'), await experiments.lockExperiment(transaction, 'default', experimentId)]],
    ['of what is in force', async (transaction) => [await experiments.runningExperiments(transaction, 'default'), await experiments.isExperimentTenant(transaction, 'default')]],
    ['of outcomes', async (transaction) => [await outcomes.outcomesOf(transaction, 'default', 'default', span()), await outcomes.recentCompletion(transaction, 'default', 'default', span().fromMs)]],
    ['of what is old', (transaction) => outcomes.sweepOutcomes(transaction, 'default', { undecidedBeforeMs: scene.nowMs, beforeMs: scene.nowMs })],
    ['of runs to replay', async (transaction) => [await breakers.runsAfter(transaction, 'default', 'default', { afterMs: span().fromMs, limit: 20 }), await breakers.runsBefore(transaction, 'default', 'default', { beforeMs: span().untilMs, fromMs: 0, limit: 20 })]],
    ['of breakers', (transaction) => breakers.lockBreaker(transaction, 'default', 'default')],
    ['of shadows', async (transaction) => [await breakers.windowsOfShadow(transaction, 'default', experimentId), await tallies.shadowTallyOf(transaction, 'default', experimentId), await tallies.tallyOf(transaction, 'default', experimentId)]],
  ])('%s', async (_name, read) => {
    const nodes = await scene.store.plansOf(read);

    expect(nodes.filter((node) => node['Relation Name'] !== undefined || node['Index Name'] !== undefined).length).toBeGreaterThan(0);
    expect(nodes.filter((node) => node['Node Type'] === 'Seq Scan' || node.Disabled === true)).toEqual([]);
  });
});
