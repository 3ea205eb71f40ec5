import { describe, expect, it } from '@jest/globals';
import { createStyle } from '../view/style.js';
import { tellEta, type RunPrediction } from './eta.js';

const running: RunPrediction = {
  ...{ run_id: '3f2a0000-0000-8000-8000-000000000000', workflow: 'release', branch: 'main', state: 'running', outcome: null, finished_at: null },
  eta: { p10: '2026-03-02T09:15:00.000Z', p50: '2026-03-02T09:18:00.000Z', p90: '2026-03-02T09:24:00.000Z', remaining_ms: 780_000, progress: 0.28 },
  deadline: { at: '2026-03-02T09:30:00.000Z', miss_probability: 0.04 },
  remaining_tasks: [
    { task: 'test', state: 'running', expected_end: '2026-03-02T09:15:00.000Z', probability: 1, failure_probability: 0.1, is_overdue: true, is_critical: true },
    { task: 'lint\u001b[31m', state: 'waiting', expected_end: '2026-03-02T09:10:00.000Z', probability: 0.5, failure_probability: null, is_overdue: false, is_critical: false },
  ],
  remaining_task_count: 3,
  next_task: { mode: 'advise', advice: 'test is expected next after build (90 %).', candidates: [{ task: 'test', probability: 0.9, annotation: 'good' }, { task: '', probability: 0.1, annotation: '' }] },
  basis: { method: 'critical_path', runs: 12, assumptions: ['No fact tells that a task has started.'] },
};
const tell = (given: Partial<RunPrediction> = {}) => tellEta({ ...running, ...given }, { style: createStyle(false), width: 120 }).join('\n');

describe('what is told of a running run', () => {
  it('is its end, the deadline, what is left, and what comes next', () => {
    const text = tell();

    expect(text).toContain('release  3f2a0000  main\n  ends 2026-03-02 09:18');
    expect(text).toContain('28 % of its time is over');
    expect(text).toMatch(/deadline 2026-03-02 09:30.*: missed with 4 %/);
    expect(text).toMatch(/^test +running, overdue +2026-03-02 09:15.* +yes +100 % +10 %$/m);
    expect(text).toContain('… 1 task more');
    expect(text).toContain('next  test 90 % (good), the end 10 %  mode advise');
    expect(text).toContain('test is expected next after build');
    expect(text).toContain('No fact tells that a task has started.');
    expect(text).not.toContain('\u001b');
  });

  it('is its real end once it has one, and says so where nothing is known', () => {
    const nothing = { eta: null, deadline: null, remaining_tasks: [], remaining_task_count: 0, next_task: null, basis: { method: 'none', runs: 0, assumptions: [] } };

    expect(tell({ ...nothing, state: 'finished', outcome: 'success', finished_at: '2026-03-02T09:20:00.000Z' })).toMatch(/ended 2026-03-02 09:20.*: success/);
    expect(tell({ ...nothing, workflow: null })).toContain('when it ends is not known');
  });
});
