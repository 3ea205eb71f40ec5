import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { afterWindow, breakerSettings, closedBreaker, coolDown, openReason, type BreakerState, type ReplayedWindow } from './breaker.js';

const hourMs = 3_600_000;
const window = (endedMs: number, ratio: number, decidedBy: ReplayedWindow['decidedBy'] = 'learned'): ReplayedWindow => ({ endedMs, decidedBy, runCount: 20, actualMeanMs: 60_000 * ratio, twinMeanMs: 60_000 });
const after = (state: BreakerState, ...ratios: readonly number[]) => ratios.reduce((known, ratio, index) => afterWindow(known, window(index + 1, ratio)), state);

describe('a breaker', () => {
  it('opens after three bad windows in a row, and says why', () => {
    expect(after(closedBreaker, 1.5, 1.5).phase).toBe('closed');
    const open = after(closedBreaker, 1.5, 1.5, 1.2);

    expect(open.phase).toBe('open');
    expect(openReason(open, 4)).toBe("runs took 20 % longer than the heuristic's simulated twin in 3 windows in a row (last 20 runs: 72 s against 60 s)");
  });

  it('forgets bad windows at the first good one', () => {
    expect(after(closedBreaker, 1.5, 1.5, 1.05, 1.5, 1.5)).toMatchObject({ phase: 'closed', strikes: 2 });
  });

  it('lets the policy decide again after an hour, and closes when that goes well', () => {
    const open = after(closedBreaker, 2, 2, 2);

    expect(openReason(open, hourMs)).toBeDefined();
    expect(openReason(open, hourMs + 3)).toBeUndefined();
    expect(coolDown(open, hourMs + 3)).toMatchObject({ phase: 'half-open', words: expect.stringContaining('on probation after 60 min under the heuristic: runs took 100 % longer') });
    expect(afterWindow(open, window(hourMs + 3, 1))).toEqual({ ...closedBreaker, openedMs: 3 });
  });

  it('opens again at the first bad window of the probation, for twice as long, and a day at most', () => {
    let state = after(closedBreaker, 2, 2, 2);
    const lengths: number[] = [];
    for (let round = 0; round < 7; round += 1) {
      state = afterWindow(state, window(state.openedMs + state.coolDownMs, 1.3));
      lengths.push(state.coolDownMs / hourMs);
    }

    expect(lengths).toEqual([2, 4, 8, 16, 24, 24, 24]);
    expect(state.words).toContain('again, on probation');
  });

  it('does not blame a policy for what real runs take longer than simulated ones anyway', () => {
    const used = Array.from({ length: 30 }, (_, index) => index).reduce((state, index) => afterWindow(state, window(index, 1.4, 'heuristic')), closedBreaker);

    expect(used.overhead).toBeCloseTo(1.4, 2);
    expect(after(used, 1.5, 1.5, 1.5, 1.5).phase).toBe('closed');
    expect(after(used, 1.6, 1.6, 1.6).phase).toBe('open');
  });

  it('learns that within a few windows', () => {
    const used = [1, 2, 3, 4, 5].reduce((state, index) => afterWindow(state, window(index, 1.3, 'heuristic')), closedBreaker);

    expect(used.overhead).toBeGreaterThan(1.22);
    expect(after(used, 1.3, 1.3, 1.3).phase).toBe('closed');
  });

  it('keeps its rules whatever comes', () => {
    const anyWindow = fc.record({ gapMs: fc.nat({ max: 4 * hourMs }), ratio: fc.oneof(fc.double({ min: 0, max: 4 }), fc.constant(Infinity)), decidedBy: fc.constantFrom('learned' as const, 'heuristic' as const) });
    fc.assert(
      fc.property(fc.array(anyWindow, { maxLength: 60 }), (windows) => {
        let state = closedBreaker;
        let nowMs = 1;
        for (const { gapMs, ratio, decidedBy } of windows) {
          nowMs += gapMs;
          const before = coolDown(state, nowMs);
          state = afterWindow(state, window(nowMs, ratio, decidedBy));
          expect(state.strikes).toBeLessThan(breakerSettings.strikes);
          expect(state.overhead).toBeGreaterThanOrEqual(1);
          expect(state.coolDownMs).toBeLessThanOrEqual(breakerSettings.longestCoolDownMs);
          expect((state.phase === 'open') === (openReason(state, nowMs) !== undefined)).toBe(true);
          if (state.phase === 'open') expect(state.words).not.toBe('');
          // Only a window of the policy itself opens or closes it.
          if (decidedBy === 'heuristic' || before.phase === 'open') expect(state.phase).toBe(before.phase);
          if (before.phase === 'closed' && state.phase === 'open') expect(before.strikes).toBe(breakerSettings.strikes - 1);
          expect(JSON.parse(JSON.stringify(state))).toEqual(state);
        }
      }),
      { numRuns: 200 },
    );
  });
});
