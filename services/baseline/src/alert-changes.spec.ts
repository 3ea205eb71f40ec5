import { describe, expect, it } from '@jest/globals';
import { alertChangeOf } from './alert-changes.js';
import { fold, type Anomaly, type Finding } from './domain/index.js';

const now = Date.UTC(2026, 2, 1, 12);

const finding: Finding = {
  ...{ type: 'memory', severity: 'warning', cause: 'memory:high', subjectKeyId: 'k', baselineKeyId: 'b', level: 1, title: 'build: more memory than ever', text: 'build used 3 GiB' },
  subject: { tenantId: 'team-a', subject: 'task', engine: 'spec', namespace: '', workflow: 'release', task: 'build', image: '', commandHash: '', executorClass: '' },
  ...{ expected: 2 ** 30, actual: 3 * 2 ** 30, deviation: 7.251, metric: 'peak_memory_bytes', unit: 'By', observationId: 'o', runId: 'r', taskId: 't', evidence: ['r'], sinceMs: now, detectedAtMs: now },
};

const open = fold(null, { kind: 'finding', finding }) as Anomaly;
const change = (before: Anomaly | null, after: Anomaly) => alertChangeOf({ before, after, heardAtMs: now, runIds: [] }, now);

describe('what people are told of an anomaly', () => {
  it('is that it was opened, in words and units for people', () => {
    expect(change(null, open)).toMatchObject({ kind: 'opened', anomaly: { tenant_id: 'team-a', workflow: 'release', task: 'build', expected: '1 GiB', actual: '3 GiB', deviation: '7.3', run_ids: ['r'] } });
  });

  it('is that it became worse, also after somebody took it on', () => {
    const acknowledged = { ...open, status: 'acknowledged' } as const;

    expect(change(acknowledged, { ...acknowledged, severity: 'critical' })?.kind).toBe('severity_raised');
  });

  it('is that it is over', () => {
    const resolved: Anomaly = { ...open, status: 'resolved', resolution: { kind: 'normal_returned', atMs: now, by: '', note: '' } };

    expect(change(open, resolved)?.kind).toBe('resolved');
  });

  it('is nothing when it only counts up, was over before anybody heard of it, or is muted', () => {
    const resolved: Anomaly = { ...open, status: 'resolved', resolution: { kind: 'normal_returned', atMs: now, by: '', note: '' } };

    expect([change(open, { ...open, count: 2 }), change(null, resolved), change(null, { ...open, mutedUntilMs: now + 1 })]).toEqual([null, null, null]);
  });

  it('is nothing for history: what was opened more than a day ago, or is over after more than two weeks', () => {
    const resolved: Anomaly = { ...open, status: 'resolved', resolution: { kind: 'person', atMs: now, by: 'ada', note: '' } };
    const later = (before: Anomaly | null, after: Anomaly, hours: number) => alertChangeOf({ before, after, heardAtMs: now, runIds: [] }, now + hours * 3_600_000)?.kind;

    expect([later(null, open, 25), later(open, resolved, 25), later(open, resolved, 15 * 24)]).toEqual([undefined, 'resolved', undefined]);
  });
});
