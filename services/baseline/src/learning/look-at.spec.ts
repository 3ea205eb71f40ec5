import { describe, expect, it } from '@jest/globals';
import { lookAt } from './look-at.js';

const now = Date.UTC(2026, 2, 1);
const hourMs = 3_600_000;

describe('when to look at what is due', () => {
  it('is when it is due', () => {
    expect(lookAt(now + hourMs, now)).toBe(now + hourMs);
  });

  it('is a moment after it was told, where that was late: its end may be on the way', () => {
    expect(lookAt(now - hourMs, now)).toBe(now + 10_000);
  });

  it('is never for what was over more than a day before it was told', () => {
    expect(lookAt(now - 25 * hourMs, now)).toBeNull();
  });
});
