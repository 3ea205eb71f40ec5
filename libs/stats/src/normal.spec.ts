import { describe, expect, it } from '@jest/globals';
import { normalCumulative, normalQuantile } from './normal.js';

describe('the normal distribution', () => {
  it.each([
    // Abramowitz and Stegun 1964, table 26.1.
    [0, 0.5],
    [1, 0.8413447461],
    [-1.5, 0.0668072013],
    [2.5, 0.9937903347],
  ])('has at %d the share %d below it', (z, share) => {
    expect(normalCumulative(z)).toBeCloseTo(share, 6);
    expect(normalQuantile(share)).toBeCloseTo(z, 5);
  });
});
