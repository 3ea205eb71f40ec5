import { describe, expect, it } from '@jest/globals';
import type { Policy } from '../policy.js';
import { SlotSimulation } from '../simulation/slot-simulation.js';
import { plainTemplate } from '../../testing/plain-template.js';
import { familyWorkload } from '../workloads/dag-families.js';
import { arrivalsOf } from '../simulation/arrivals.js';
import { heft } from './heft.js';
import { listPolicy } from './list-policy.js';
import { namedRules } from './named-policies.js';
import { tetris } from './tetris.js';

const first: Policy = listPolicy('fifo', { ...namedRules.fifo, givesLeftovers: true });
const twoSpeeds = [{ id: 'fast', slotCount: 2 }, { id: 'slow', slotCount: 2, timeFactor: 4 }];
const alone = (stages: Parameters<typeof plainTemplate>[0]) => [{ atMs: 0, template: plainTemplate(stages) }];

describe('HEFT over pools', () => {
  it('begins with what has the longest way to go', () => {
    // A long chain behind the second stage: whoever takes the first one first ends later.
    const stages = [{ taskCount: 1 }, { taskCount: 1 }, { parents: [1], meanTaskMs: 5000 }];
    const simulation = new SlotSimulation([{ id: 'one', slotCount: 1 }]);
    const order: string[] = [];
    const spied: Policy = { name: 'spied', decide: (observation) => {
      const choice = heft().decide(observation);
      order.push(choice.stage!.shape.name);
      return choice;
    } };
    simulation.run(alone(stages), 1, spied);
    expect(order).toEqual(['stage 1', 'stage 2', 'stage 0']);
  });

  it('waits for a fast pool where that ends earlier, and uses the slow one where it does not', () => {
    const simulation = new SlotSimulation(twoSpeeds);
    const few = alone([{ taskCount: 4 }]);
    expect(simulation.run(few, 1, first).completionSeconds).toEqual([4]);
    expect(simulation.run(few, 1, heft()).completionSeconds).toEqual([2]);
    const many = alone([{ taskCount: 20 }]);
    expect(simulation.run(many, 1, heft()).completionSeconds[0]).toBeLessThanOrEqual(8);
  });

  it('does not wait for a pool that cannot run the task', () => {
    expect(new SlotSimulation(twoSpeeds).run(alone([{ taskCount: 2, poolIds: ['slow'] }]), 1, heft()).completionSeconds).toEqual([4]);
    const small = [{ id: 'fast', slotCount: 2, memoryBytes: 1e9 }, { id: 'slow', slotCount: 2, timeFactor: 4 }];
    expect(new SlotSimulation(small).run(alone([{ taskCount: 2, memoryBytes: 2e9 }]), 1, heft()).completionSeconds).toEqual([4]);
  });

  it('ends all jobs whatever the pools, and sooner than first in, first out where speeds differ', () => {
    const pools = [{ id: 'fast', slotCount: 6, memoryBytes: 24e9 }, { id: 'usual', slotCount: 6, timeFactor: 2, memoryBytes: 32e9 }, { id: 'slow', slotCount: 8, timeFactor: 6 }];
    const simulation = new SlotSimulation(pools, { failureChance: 0.02, attemptLimit: 16 });
    const workload = familyWorkload({ seed: 100_200, kindCount: 3, scales: [1, 2] });
    let [byHeft, byFifo] = [0, 0];
    for (let seed = 100_000; seed < 100_008; seed += 1) {
      const arrivals = arrivalsOf(workload, { initialJobs: 4, laterJobs: 6, meanGapMs: 20_000 }, seed);
      for (const policy of [heft(), heft({ jobs: 'remaining-work' }), tetris()]) expect(simulation.run(arrivals, seed, policy).finishedCount).toBe(10);
      byHeft += simulation.run(arrivals, seed, heft({ jobs: 'remaining-work' })).meanCompletionSeconds;
      byFifo += simulation.run(arrivals, seed, first).meanCompletionSeconds;
    }
    expect(byHeft).toBeLessThan(byFifo * 0.9);
  });
});
