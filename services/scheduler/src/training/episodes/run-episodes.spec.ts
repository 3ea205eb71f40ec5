import { describe, expect, it } from '@jest/globals';
import { namedRules } from '../../domain/index.js';
import { smallWorkload } from '../../../test/training-workload.js';
import { EpisodeRunner, type EpisodeTask } from './run-episodes.js';
import { checkScenario, type Stress } from '../../domain/release/scenario.js';

const workload = smallWorkload();
const taskOf = (rules: keyof typeof namedRules, stress: Stress = {}): EpisodeTask => ({
  policy: { kind: 'rules', name: rules, rules: namedRules[rules] },
  scenario: { name: 'batch', arrivals: { initialJobs: 6, laterJobs: 0, meanGapMs: 0 }, executorCount: 8, stress },
  workload,
  seeds: [100_000, 100_001, 100_002],
});
const run = (task: EpisodeTask, runner = new EpisodeRunner()) => runner.run(task).map(({ meanCompletionSeconds }) => meanCompletionSeconds);

describe('episodes', () => {
  it('go the same way again, whatever the runner did before', () => {
    const runner = new EpisodeRunner();
    const first = run(taskOf('fair'), runner);
    for (const stress of [{ failureShare: 0.3 }, { tailShape: 1.5 }, { toldError: 0.5 }]) run(taskOf('sjf-cp', stress), runner);
    expect(run(taskOf('fair'), runner)).toEqual(first);
    expect(run(taskOf('fair'))).toEqual(first);
    expect(new Set(first).size).toBe(3);
  });

  it('mislead with wrong words only policies that listen to them', () => {
    expect(run(taskOf('fair', { toldError: 0.9 }))).toEqual(run(taskOf('fair')));
    expect(run(taskOf('sjf-cp', { toldError: 0.9 }))).not.toEqual(run(taskOf('sjf-cp')));
  });

  it('take longer where tasks fail and have to be done again', () => {
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    expect(sum(run(taskOf('fair', { failureShare: 0.5 })))).toBeGreaterThan(sum(run(taskOf('fair'))));
  });

  it('keep the mean of what tasks take when their tail is heavy', () => {
    const task = taskOf('fair', { tailShape: 1.5 });
    const seeds = Array.from({ length: 60 }, (_, index) => 100_000 + index);
    const costOf = (given: EpisodeTask) => new EpisodeRunner().run({ ...given, seeds }).reduce((sum, { executorSeconds }) => sum + executorSeconds, 0);
    expect(costOf(task) / costOf(taskOf('fair'))).toBeGreaterThan(0.85);
    expect(costOf(task) / costOf(taskOf('fair'))).toBeLessThan(1.15);
  });

  it('tell how long each decision took when asked', () => {
    for (const { decisionUs, decisionCount } of new EpisodeRunner().run({ ...taskOf('fair'), isTimed: true })) expect(decisionUs).toHaveLength(decisionCount);
    for (const { decisionUs } of new EpisodeRunner().run(taskOf('fair'))) expect(decisionUs).toHaveLength(0);
  });
});

describe('scenario', () => {
  it('is refused with what is wrong in it', () => {
    const { scenario } = taskOf('fair');
    expect(() => checkScenario(scenario)).not.toThrow();
    expect(() => checkScenario({ ...scenario, executorCount: 0 })).toThrow('scenario batch: expected at least one executor, got 0');
    expect(() => checkScenario({ ...scenario, arrivals: { initialJobs: 0, laterJobs: 0, meanGapMs: 0 } })).toThrow('at least one job');
    expect(() => checkScenario({ ...scenario, arrivals: { initialJobs: 0, laterJobs: 3, meanGapMs: 0 } })).toThrow('a mean gap above 0 ms');
    expect(() => checkScenario({ ...scenario, stress: { toldError: 1 } })).toThrow('shares from 0 to 0.9');
    expect(() => checkScenario({ ...scenario, stress: { tailShape: 1 } })).toThrow('a tail shape above 1');
  });
});
