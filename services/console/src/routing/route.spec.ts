import { describe, expect, it } from '@jest/globals';
import { addressWith, predictionsAddress, provenanceAddress, routeOf, runAddress, runsAddress, scheduleAddress } from './route.js';

describe('routeOf', () => {
  it.each(['', '#', '#/', '#/runs', '#/runs?outcome=failure'])('shows the runs for %p', (hash) => {
    expect(routeOf(hash).page).toBe('runs');
  });

  it('finds a run whose id has signs of its own', () => {
    const route = routeOf(runAddress('a/b?c #d', { tab: 'graph' }));
    expect(route).toMatchObject({ page: 'run', runId: 'a/b?c #d' });
    expect(route.query.get('tab')).toBe('graph');
  });

  it('carries an address of an artifact unharmed', () => {
    expect(routeOf(provenanceAddress({ uri: 's3://bucket/a b?x=1&y=2#z' })).query.get('uri')).toBe('s3://bucket/a b?x=1&y=2#z');
  });

  it('finds the predictions of a workflow', () => {
    const route = routeOf(predictionsAddress({ workflow: 'a b' }));
    expect([route.page, route.query.get('workflow')]).toEqual(['predictions', 'a b']);
  });

  it('finds a policy among those that schedule', () => {
    const route = routeOf(scheduleAddress({ policy: 'learned-2' }));
    expect([route.page, route.query.get('policy')]).toEqual(['schedule', 'learned-2']);
  });

  it('does not know other rooms, nor fails on broken escapes', () => {
    expect(routeOf('#/settings').page).toBe('unknown');
    expect(routeOf('#/runs/a/b').page).toBe('unknown');
    expect(routeOf('#/runs/%E0%A4%A')).toMatchObject({ page: 'run', runId: '%E0%A4%A' });
  });
});

describe('addressWith', () => {
  it('changes a part and keeps the others', () => {
    expect(addressWith('#/runs?engine=argo&q=x', { q: null, outcome: 'failure' })).toBe('#/runs?engine=argo&outcome=failure');
  });

  it('works from the bare page', () => {
    expect(addressWith('', { q: 'a b' })).toBe(runsAddress({ q: 'a b' }));
  });
});
