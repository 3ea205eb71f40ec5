import { describe, expect, it } from '@jest/globals';
import type { Anomaly, Finding } from '../domain/index.js';
import { CauseSettings } from '../storage/cause-setting.repository.js';
import { AnomalyBoard } from './anomaly-board.js';

const now = Date.UTC(2026, 2, 1);

const findingOf = (observationId: string, given: Partial<Finding> = {}): Finding => ({
  ...{ type: 'duration', severity: 'warning', cause: 'duration:slow', subjectKeyId: 'k', baselineKeyId: 'b', level: 1, title: 'slow', text: 'slow' },
  subject: { tenantId: 'team-a', subject: 'task', engine: '', namespace: '', workflow: 'release', task: 'build', image: '', commandHash: '', executorClass: '' },
  ...{ expected: 1, actual: 2, deviation: 3, metric: 'duration_ms', unit: 'ms', observationId, runId: observationId, taskId: 't', evidence: [observationId], sinceMs: now, detectedAtMs: now },
  ...given,
});

const normally = (board: AnomalyBoard, times: number) => {
  for (let time = 0; time < times; time++) board.normal('k', ['duration:slow'], now);
};

describe('the board of anomalies', () => {
  it('makes one change of all that happens to an anomaly, from how it stood to how it stands', () => {
    const board = new AnomalyBoard([], new CauseSettings([]));
    board.find(findingOf('first'), now);
    board.find(findingOf('second'), now + 5);

    expect(board.changes()).toMatchObject([{ before: null, after: { count: 2, evidence: ['first', 'second'] }, heardAtMs: now + 5 }]);
  });

  it('puts an episode that ended before the next of its cause', () => {
    const board = new AnomalyBoard([], new CauseSettings([]));
    board.find(findingOf('first'), now);
    normally(board, 3);
    board.find(findingOf('second'), now + 1);

    expect(board.changes().map(({ after }) => [after.status, after.count])).toEqual([
      ['resolved', 1],
      ['open', 1],
    ]);
  });

  it('leaves causes alone that were found, or that nothing was said of', () => {
    const board = new AnomalyBoard([], new CauseSettings([]));
    board.find(findingOf('first'), now);
    const [{ after: before } = { after: null }] = board.changes();

    board.normal('k', ['duration:slow'], now, new Set(['duration:slow']));
    board.normal('k', ['memory:high'], now);
    board.normal('other', ['duration:slow'], now);

    expect(board.changes()[0]?.after).toBe(before);
  });

  it('lets a mute outlive the episode that it was said of', () => {
    const board = new AnomalyBoard([], new CauseSettings([{ keyId: 'k', cause: 'duration:slow', threshold: 1, mutedUntilMs: now + 1000 }]));
    board.find(findingOf('first'), now);

    expect(board.changes()[0]?.after.mutedUntilMs).toBe(now + 1000);
  });

  it('has nothing to write for what did not change', () => {
    const board = new AnomalyBoard([], new CauseSettings([]));
    board.find(findingOf('first'), now);
    const [{ after } = { after: null }] = board.changes();
    const next = new AnomalyBoard([after as Anomaly], new CauseSettings([]));

    next.tell({ ...(after as Anomaly), status: 'resolved' }, { kind: 'lapsed', atMs: now });

    expect(next.changes()).toEqual([]);
  });
});
