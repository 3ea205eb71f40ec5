import { describe, expect, it } from '@jest/globals';
import { anomaliesAddress, routeOf } from '../routing/route.js';
import { addressQueryOf, anomalyFilterOf, apiQueryOf, atFirst, isChanged, statusChoices } from './anomaly-filter.js';

describe('the filter of the anomalies', () => {
  it('survives the way through the address', () => {
    for (const [status] of statusChoices) {
      const filter = { status, severity: 'critical', workflow: 'CI & deploy' } as const;
      const route = routeOf(anomaliesAddress(addressQueryOf(filter)));
      expect(route.page).toBe('anomalies');
      expect(anomalyFilterOf(route.query)).toEqual(filter);
    }
  });

  it('begins with what is not resolved, under the bare address', () => {
    expect(anomaliesAddress(addressQueryOf(atFirst))).toBe('#/anomalies');
    expect(anomalyFilterOf(new URLSearchParams())).toEqual(atFirst);
    expect(apiQueryOf(atFirst)).toEqual({ status: 'unresolved', severity: '', workflow: '' });
    expect(isChanged(atFirst)).toBe(false);
  });

  it('asks the API for every status with none', () => {
    expect(apiQueryOf({ ...atFirst, status: 'any' })['status']).toBe('');
  });

  it('passes over words it does not know', () => {
    expect(anomalyFilterOf(new URLSearchParams('status=constructor&severity=fatal'))).toEqual(atFirst);
  });
});
