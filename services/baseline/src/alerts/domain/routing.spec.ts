import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AlertRoute } from './alert-route.js';
import { alertRouteBody, routeOf } from './alert-route.js';
import type { Alert, AlertableAnomaly, AlertChangeKind } from './alertable-anomaly.js';
import { fitsGlob } from './glob.js';
import { foldAlerts, groupKeyOf, heldUntil, matches, routeChanges } from './routing.js';

const anomaly: AlertableAnomaly = {
  anomaly_id: 'a-1',
  tenant_id: 'team-a',
  type: 'duration',
  severity: 'warning',
  status: 'open',
  title: 'build is slow',
  text: 'build took 14 min',
  workflow: 'nightly-build',
  task: 'compile',
  expected: '4 min',
  actual: '14 min',
  deviation: '3.4 x',
  detected_at_ms: 0,
  run_ids: [],
  url: null,
};

function route(given: object = {}): AlertRoute {
  const body = alertRouteBody.parse({ name: 'team', target: { kind: 'email', to: ['team@example.org'] }, ...given });
  return routeOf('team', body, undefined) as AlertRoute;
}

describe('a glob', () => {
  it.each([
    ['*', '', true],
    ['nightly-*', 'nightly-build', true],
    ['nightly-*', 'nightly', false],
    ['*-build', 'nightly-build', true],
    ['n?ghtly*b*d', 'nightly-build', true],
    ['?', '', false],
    ['.*', 'nightly', false],
    ['', 'nightly', false],
    ['**a', 'bca', true],
  ])('%s fits %s: %s', (pattern, text, fits) => {
    expect(fitsGlob(pattern, text)).toBe(fits);
  });

  it('says the same as the regular expression it stands for', () => {
    const letters = (alphabet: string) => fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 12 });
    fc.assert(
      fc.property(letters('ab*?'), letters('ab'), (pattern, text) => {
        const meaning = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
        expect(fitsGlob(pattern, text)).toBe(meaning.test(text));
      }),
    );
  });

  it('cannot be made to take for ever', () => {
    expect(fitsGlob(`${'*a'.repeat(150)}b`, 'a'.repeat(1000))).toBe(false);
  });
});

describe('a route', () => {
  it('without conditions hears of everything', () => {
    expect(matches(route().match, { ...anomaly, severity: 'info' })).toBe(true);
  });

  it('hears of its workflows, severities and types alone', () => {
    const { match } = route({ match: { workflows: ['deploy', 'nightly-*'], severity_at_least: 'warning', types: ['duration'] } });

    expect(matches(match, anomaly)).toBe(true);
    expect(matches(match, { ...anomaly, severity: 'critical' })).toBe(true);
    expect(matches(match, { ...anomaly, severity: 'info' })).toBe(false);
    expect(matches(match, { ...anomaly, type: 'memory' })).toBe(false);
    expect(matches(match, { ...anomaly, workflow: 'release' })).toBe(false);
  });

  it('that is disabled hears of nothing, and each enabled one of its own', () => {
    const routes = [route({ is_enabled: false }), route({ group_wait_s: 10 }), route({ match: { types: ['memory'] } })];

    expect(routeChanges(routes, [{ kind: 'opened', anomaly }], 1000)).toEqual([expect.objectContaining({ route: routes[1], dueAtMs: 11_000 })]);
  });
});

describe('a group', () => {
  it('has alerts that are alike in the fields of the route', () => {
    expect(groupKeyOf(['workflow', 'type'], { ...anomaly, task: 'link', severity: 'info' })).toBe(groupKeyOf(['workflow', 'type'], anomaly));
    expect(groupKeyOf(['workflow', 'type'], { ...anomaly, type: 'memory' })).not.toBe(groupKeyOf(['workflow', 'type'], anomaly));
    expect(groupKeyOf([], { ...anomaly, workflow: 'other', type: 'memory' })).toBe(groupKeyOf([], anomaly));
  });

  it('does not mix up values that read alike when put together', () => {
    expect(groupKeyOf(['workflow', 'task'], { ...anomaly, workflow: 'a', task: 'bc' })).not.toBe(groupKeyOf(['workflow', 'task'], { ...anomaly, workflow: 'ab', task: 'c' }));
    expect(groupKeyOf(['task'], { ...anomaly, task: null })).not.toBe(groupKeyOf(['task'], { ...anomaly, task: 'null' }));
  });

  const told = (...kinds: readonly Alert['kind'][]) => foldAlerts(kinds.map((kind, index) => ({ kind, anomaly: { ...anomaly, title: `title ${index}` } })));

  it('tells of an anomaly once, as it stands at last', () => {
    expect(told('opened', 'severity_raised')).toEqual([{ kind: 'opened', anomaly: { ...anomaly, title: 'title 1' } }]);
    expect(told('opened', 'resolved')).toEqual([{ kind: 'resolved', anomaly: { ...anomaly, title: 'title 1' } }]);
    expect(told('reminder', 'severity_raised')).toMatchObject([{ kind: 'severity_raised' }]);
    expect(told('resolved', 'opened')).toMatchObject([{ kind: 'opened' }]);
  });

  it('leaves no anomaly out', () => {
    const kinds = fc.constantFrom<AlertChangeKind>('opened', 'severity_raised', 'resolved');
    fc.assert(
      fc.property(fc.array(fc.tuple(kinds, fc.constantFrom('a', 'b', 'c', '__proto__'))), (changes) => {
        const folded = foldAlerts(changes.map(([kind, id]) => ({ kind, anomaly: { ...anomaly, anomaly_id: id } })));
        expect(folded.map((alert) => alert.anomaly.anomaly_id)).toEqual([...new Set(changes.map(([, id]) => id))]);
      }),
    );
  });
});

describe('in quiet hours', () => {
  const quiet = { from: '22:00', to: '07:00', time_zone: 'UTC' };
  const night = Date.UTC(2024, 4, 1, 23);

  it('all waits but what is critical', () => {
    expect(heldUntil(quiet, 'warning', night)).toBe(Date.UTC(2024, 4, 2, 7));
    expect(heldUntil(quiet, 'critical', night)).toBeNull();
    expect(heldUntil(quiet, 'info', Date.UTC(2024, 4, 1, 12))).toBeNull();
    expect(heldUntil(null, 'info', night)).toBeNull();
  });
});
