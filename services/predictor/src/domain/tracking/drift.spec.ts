import { describe, expect, it } from '@jest/globals';
import { driftRatio, noDrift, noteError, type DriftState } from './drift.js';

const after = (state: DriftState, errors: readonly number[]): DriftState => errors.reduce((drift, error, index) => noteError(drift, error, index), state);

describe('drift', () => {
  it('is told when predictions become twice as wrong, and taken back when they are right again', () => {
    const usual = after(noDrift, Array.from({ length: 200 }, (_, index) => 0.05 + 0.02 * (index % 3)));
    const worse = after(usual, Array.from({ length: 10 }, () => 0.5));
    const better = after(worse, Array.from({ length: 60 }, () => 0.06));

    expect(usual.sinceMs).toBeNull();
    expect(worse.sinceMs).not.toBeNull();
    expect(driftRatio(worse)).toBeGreaterThan(2);
    expect(better.sinceMs).toBeNull();
  });

  it('is not told of the first few predictions, nor of errors that nobody would notice', () => {
    expect(after(noDrift, [0.01, 0.01, 0.01, 2, 2, 2]).sinceMs).toBeNull();
    expect(after(noDrift, [...Array.from({ length: 200 }, () => 0.001), ...Array.from({ length: 20 }, () => 0.02)]).sinceMs).toBeNull();
  });
});
