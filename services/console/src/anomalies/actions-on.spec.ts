import { describe, expect, it } from '@jest/globals';
import { anAnomaly } from '../testing/anomaly-builder.js';
import { actionsOn } from './actions-on.js';

describe('actionsOn', () => {
  const resolved = (kind: string) => anAnomaly('a', { status: 'resolved', resolution: { kind, at: null, by: null, note: null } });

  it('offers what makes a difference', () => {
    expect(actionsOn(anAnomaly('a'))).toEqual(['acknowledge', 'resolve', 'false-positive']);
    expect(actionsOn(anAnomaly('a', { status: 'acknowledged' }))).toEqual(['resolve', 'false-positive']);
  });

  it('lets a false alarm be called one after it has resolved itself, once', () => {
    expect(actionsOn(resolved('normal_returned'))).toEqual(['false-positive']);
    expect(actionsOn(resolved('false_positive'))).toEqual([]);
  });
});
