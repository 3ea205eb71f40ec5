import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { agreementOf, type Placement } from './agreement.js';

const place = (runId: string, task: string, count: number, poolId = 'a'): Placement => ({ runId, task, poolId, count });
const placements = fc.array(fc.record({ runId: fc.constantFrom('1', '2', '3'), task: fc.constantFrom('build', 'test'), poolId: fc.constantFrom('a', 'b'), count: fc.integer({ min: 1, max: 5 }) }), { maxLength: 8 });

describe('two decisions', () => {
  it('agree when they start the same, in whatever order and portions they say it', () => {
    expect(agreementOf([place('1', 'build', 2), place('2', 'test', 1)], [place('2', 'test', 1), place('1', 'build', 1), place('1', 'build', 1)])).toEqual({ isSame: true, sharedSlots: 3, slots: 3 });
    expect(agreementOf([], [])).toEqual({ isSame: true, sharedSlots: 0, slots: 0 });
  });

  it('agree in part where they share slots', () => {
    expect(agreementOf([place('1', 'build', 3)], [place('1', 'build', 1), place('2', 'build', 2)])).toEqual({ isSame: false, sharedSlots: 1, slots: 3 });
    expect(agreementOf([place('1', 'build', 1, 'a')], [place('1', 'build', 1, 'b')])).toEqual({ isSame: false, sharedSlots: 0, slots: 1 });
  });

  it('agree with themselves, and with each other as much one way as the other', () => {
    fc.assert(
      fc.property(placements, placements, (left, right) => {
        expect(agreementOf(left, left).isSame).toBe(true);
        expect(agreementOf(left, right)).toEqual(agreementOf(right, left));
      }),
    );
  });
});
