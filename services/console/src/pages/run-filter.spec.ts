import { describe, expect, it } from '@jest/globals';
import { runsAddress, routeOf } from '../routing/route.js';
import { filterOf, isNarrowed, queryOfFilter, standingChoices } from './run-filter.js';

const none = { engine: '', workflow: '', text: '', standing: '' } as const;

describe('the filter of the runs', () => {
  it('survives the way through the address', () => {
    for (const standing of standingChoices) {
      const filter = { engine: 'github', workflow: 'CI & deploy', text: 'a=b?', standing };
      expect(filterOf(routeOf(runsAddress(queryOfFilter(filter))).query)).toEqual(filter);
    }
  });

  it('asks the API for a status or for an outcome', () => {
    expect(queryOfFilter({ ...none, standing: 'running' })).toMatchObject({ status: 'running', outcome: '' });
    expect(queryOfFilter({ ...none, standing: 'failure' })).toMatchObject({ status: '', outcome: 'failure' });
  });

  it('passes over words it does not know', () => {
    expect(filterOf(new URLSearchParams('outcome=constructor&q='))).toEqual(none);
    expect(isNarrowed(none)).toBe(false);
    expect(isNarrowed({ ...none, text: 'x' })).toBe(true);
  });
});
