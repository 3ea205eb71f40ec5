import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { blockAt, endOf, isHeldOut, roleOf, type BlockPlan, type BlockRole } from './block-plan.js';

const plan: BlockPlan = { experimentId: 'one', startedMs: 1000, blockMs: 600_000, burnInMs: 60_000, blockCount: 2000, holdOut: 0.05, rampBlocks: 0 };
const rolesOf = (given: BlockPlan): readonly BlockRole[] => Array.from({ length: given.blockCount }, (_, block) => roleOf(given, block));
const share = (roles: readonly BlockRole[], role: BlockRole) => roles.filter((one) => one === role).length / roles.length;

describe('a plan of blocks', () => {
  it('gives each pair of neighbours one block of either arm, or none of it to the treatment', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.double({ min: 0, max: 0.5, noNaN: true }), fc.nat({ max: 40 }), (experimentId, holdOut, rampBlocks) => {
        const roles = rolesOf({ ...plan, experimentId, holdOut, rampBlocks, blockCount: 100 });
        for (let first = 0; first < roles.length; first += 2) {
          expect(['control,treatment', 'held-out,held-out', 'not-yet,not-yet']).toContain([roles[first], roles[first + 1]].sort().join());
        }
      }),
      { numRuns: 50 },
    );
  });

  it('is the same for the same experiment, and another for another', () => {
    expect(rolesOf(plan)).toEqual(rolesOf({ ...plan }));
    expect(rolesOf(plan)).not.toEqual(rolesOf({ ...plan, experimentId: 'two' }));
  });

  it('holds about the share out that was asked for, before the end as after it', () => {
    expect(share(rolesOf(plan), 'held-out')).toBeCloseTo(0.05, 1);
    expect(rolesOf({ ...plan, holdOut: 0 })).not.toContain('held-out');
    const later = Array.from({ length: 2000 }, (_, index) => isHeldOut(plan, plan.blockCount + index));
    expect(later.filter(Boolean).length / later.length).toBeCloseTo(0.05, 1);
  });

  it('treats either block of a pair first about as often', () => {
    const roles = rolesOf({ ...plan, holdOut: 0 });
    const first = roles.filter((role, block) => block % 2 === 0 && role === 'treatment').length;
    // Four deviations of 1,000 throws of a coin.
    expect(Math.abs(first - 500)).toBeLessThan(64);
  });

  it('begins with few treated blocks where it is to be rolled out by stages', () => {
    const roles = rolesOf({ ...plan, holdOut: 0, rampBlocks: 600 });

    expect(share(roles.slice(0, 600), 'treatment')).toBeCloseTo(0.05, 1);
    expect(share(roles.slice(600, 1200), 'treatment')).toBeCloseTo(0.25, 1);
    expect(share(roles.slice(1200), 'treatment')).toBe(0.5);
  });

  it('knows in which block a moment lies', () => {
    expect([999, 1000, 600_999, 601_000].map((momentMs) => blockAt(plan, momentMs))).toEqual([-1, 0, 0, 1]);
    expect(blockAt(plan, endOf(plan))).toBe(plan.blockCount);
    expect(() => roleOf(plan, plan.blockCount)).toThrow('expected a block from 0 to 1999');
  });
});
