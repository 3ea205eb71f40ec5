import { describe, expect, it } from '@jest/globals';
import type { Run } from '../api/wire-shapes.js';
import { liveMessage, type RunChange } from './live-message.js';
import { applyChange, mergeRuns } from './merge-runs.js';

const run = (id: string, minute: number, status = 'running'): Run =>
  ({ run_id: id, started_at: `2026-11-20T10:${String(minute).padStart(2, '0')}:00Z`, status, outcome: null }) as Run;
const ids = (runs: readonly Run[]): string[] => runs.map(({ run_id }) => run_id);

describe('mergeRuns', () => {
  it('renews what is shown and adds what is new', () => {
    const merged = mergeRuns([run('b', 20), run('a', 10)], [run('c', 30), run('b', 20, 'finished'), run('a', 10)]);
    expect(ids(merged)).toEqual(['c', 'b', 'a']);
    expect(merged[1]?.status).toBe('finished');
  });

  it('keeps older pages below the fresh one', () => {
    expect(ids(mergeRuns([run('c', 30), run('b', 20), run('a', 10)], [run('d', 40), run('c', 30)]))).toEqual(['d', 'c', 'b', 'a']);
  });

  it('drops what the fresh page would hold if it still matched', () => {
    expect(ids(mergeRuns([run('c', 30), run('b', 20), run('a', 10)], [run('c', 30), run('a', 10)]))).toEqual(['c', 'a']);
  });

  it('is empty when nothing matches any more', () => {
    expect(mergeRuns([run('a', 1)], [])).toEqual([]);
  });
});

describe('applyChange', () => {
  const change = liveMessage('{"type":"run.changed","cursor":"1","run_id":"a","run":{"status":"finished","outcome":"success"}}') as RunChange;

  it('shows the new status of a run on the page', () => {
    expect(applyChange([run('b', 2), run('a', 1)], change)[1]).toMatchObject({ run_id: 'a', status: 'finished', outcome: 'success' });
  });

  it('returns the same list when nothing is different', () => {
    const shown = [run('b', 2)];
    expect(applyChange(shown, change)).toBe(shown);
  });
});
