import { describe, expect, it } from '@jest/globals';
import { durationScaleMs, durationShare } from './duration-share.js';

describe('the bars of durations', () => {
  it('compare with the longest', () => {
    const scale = durationScaleMs([1000, null, 4000, 2000]);
    expect(scale).toBe(4000);
    expect(durationShare(1000, scale)).toEqual({ share: 0.25, isCut: false });
  });

  it('cut an outlier, so that the others can be told apart', () => {
    const scale = durationScaleMs([1000, 2000, 3000, 1000, 2000, 86_400_000]);
    expect(scale).toBe(3000);
    expect(durationShare(86_400_000, scale)).toEqual({ share: 1, isCut: true });
  });

  it('are not there when nothing is known', () => {
    expect(durationShare(null, 100)).toBeNull();
    expect(durationShare(100, durationScaleMs([]))).toBeNull();
    expect(durationShare(0, durationScaleMs([0, 0]))).toBeNull();
  });
});
