import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { windowRange } from './window-range.js';

describe('windowRange', () => {
  it('draws a short list whole', () => {
    expect(windowRange({ hiddenHeight: 0, windowHeight: 900, rowHeight: 32, count: 20 })).toEqual({ first: 0, end: 20 });
  });

  it('draws what is in view of a long one, and a margin', () => {
    expect(windowRange({ hiddenHeight: 160_000, windowHeight: 900, rowHeight: 32, count: 10_000 })).toEqual({ first: 4984, end: 5048 });
  });

  it('draws nothing of a list that is far below', () => {
    expect(windowRange({ hiddenHeight: -50_000, windowHeight: 900, rowHeight: 32, count: 100 })).toEqual({ first: 0, end: 0 });
  });

  it('always covers the window, and never much more', () => {
    fc.assert(
      fc.property(fc.integer({ min: -5000, max: 400_000 }), fc.integer({ min: 1, max: 10_000 }), (hiddenHeight, count) => {
        const { first, end } = windowRange({ hiddenHeight, windowHeight: 900, rowHeight: 32, count });
        const firstSeen = Math.max(0, Math.floor(hiddenHeight / 32));
        const lastSeen = Math.min(count - 1, Math.floor((hiddenHeight + 899) / 32));
        if (lastSeen >= firstSeen) expect(first <= firstSeen && end > lastSeen).toBe(true);
        expect(end - first).toBeLessThanOrEqual(30 + 2 * (12 + 8) + 8);
      }),
    );
  });
});
