import { describe, expect, it } from '@jest/globals';
import type { Policy } from '../policy.js';
import { SlotSimulation } from '../simulation/slot-simulation.js';
import { JobState } from '../state/job-state.js';
import { plainTemplate } from '../../testing/plain-template.js';
import { alignment, tetris } from './tetris.js';

/** The order in which a policy takes stages of two jobs. */
function orderOf(policy: Policy, templates: readonly ReturnType<typeof plainTemplate>[], pool = { id: 'a', slotCount: 2, memoryBytes: 10e9 }): string[] {
  const order: string[] = [];
  const spied: Policy = {
    name: 'spied',
    decide: (observation) => {
      const choice = policy.decide(observation);
      order.push(`${choice.stage!.job.terms.number}`);
      return choice;
    },
  };
  new SlotSimulation([pool]).run(templates.map((template) => ({ atMs: 0, template })), 1, spied);
  return order;
}

describe('Tetris', () => {
  it('scores what a task asks for by what is free', () => {
    const { stages } = new JobState(plainTemplate([{ memoryBytes: 5e9 }]).shape, { id: 'a', number: 0, arrivedMs: 0 });
    const pool = { id: 'a', executorCount: 4, timeFactor: 1, memoryBytes: 10e9, freeMemoryBytes: 8e9, freeCount: 2 };
    expect(alignment(stages[0]!, pool)).toBeCloseTo(0.25 * 0.5 + 0.5 * 0.8, 12);
    expect(alignment(stages[0]!, { ...pool, memoryBytes: Infinity, freeMemoryBytes: Infinity })).toBeCloseTo(0.25 * 0.5, 12);
  });

  it('takes the task first that asks for most of what is free', () => {
    expect(orderOf(tetris({ shortestFirst: 0 }), [plainTemplate([{ memoryBytes: 1e9 }]), plainTemplate([{ memoryBytes: 9e9 }])])).toEqual(['1', '0']);
  });

  it('takes the job first that is nearly done, where tasks fit alike', () => {
    expect(orderOf(tetris(), [plainTemplate([{ memoryBytes: 6e9, meanTaskMs: 9000 }]), plainTemplate([{ memoryBytes: 6e9 }])])).toEqual(['1', '0']);
  });

  it('packs pairs that fill the memory together', () => {
    const large = plainTemplate([{ memoryBytes: 7e9, taskCount: 2 }]);
    const small = plainTemplate([{ memoryBytes: 3e9, taskCount: 2 }]);
    const arrivals = [{ atMs: 0, template: small }, { atMs: 0, template: large }];
    expect(new SlotSimulation([{ id: 'a', slotCount: 2, memoryBytes: 10e9 }]).run(arrivals, 1, tetris({ shortestFirst: 0 })).makespanSeconds).toBe(2);
  });

  it('lets slots rest where nothing is ready', () => {
    const nothing = { nowMs: 0, executorCount: 1, pools: [], jobs: [], pool: { id: 'a', executorCount: 1, timeFactor: 1, memoryBytes: Infinity, freeMemoryBytes: Infinity, freeCount: 1 }, freeCount: 1, source: undefined, arrivalGapMs: Infinity, isReady: () => false };
    expect(tetris().decide(nothing)).toEqual({ stage: undefined, count: 1 });
  });
});
