import { describe, expect, it } from '@jest/globals';
import { foldJournal, outcomeOfTasks } from './run-journal.js';

const lines = (...entries: unknown[]) => entries.map((entry) => JSON.stringify(entry));
const run = (attempt: number) => ({ kind: 'run', attempt, source: 's', workflow: 'w', startedAt: '2026-01-01T00:00:00Z' });

describe('the journal of a run', () => {
  it('is nothing before the first call, and passes over broken lines', () => {
    expect(foldJournal([])).toBeUndefined();
    expect(foldJournal(['', '{"kind":"run","att', ...lines(run(1))])).toMatchObject({ attempt: 1, isFinished: false });
  });

  it('counts attempts of tasks and keeps the outcome of the newest', () => {
    const known = foldJournal(
      lines(
        run(1),
        { kind: 'task_start', attempt: 1, task: 'test', taskAttempt: 1 },
        { kind: 'task_start', attempt: 1, task: 'test', taskAttempt: 2 },
        { kind: 'task_end', attempt: 1, task: 'test', taskAttempt: 2, outcome: 'success' },
        { kind: 'task_end', attempt: 1, task: 'test', taskAttempt: 1, outcome: 'failure' },
      ),
    );

    expect(known?.taskAttempts.get('test')).toBe(2);
    expect(known?.taskOutcomes.get('test')).toBe('success');
  });

  it('forgets the tasks of earlier attempts of the run', () => {
    const known = foldJournal(lines(run(1), { kind: 'task_end', attempt: 1, task: 'a', taskAttempt: 1, outcome: 'failure' }, { kind: 'run_end', attempt: 1 }, run(2), { kind: 'run_end', attempt: 1 }));

    expect(known).toMatchObject({ attempt: 2, isFinished: false });
    expect(known?.taskOutcomes.size).toBe(0);
  });

  it('is one run when two first steps began side by side', () => {
    expect(foldJournal(lines(run(1), { kind: 'task_start', attempt: 1, task: 'a', taskAttempt: 1 }, run(1)))?.taskAttempts.get('a')).toBe(1);
  });
});

describe('the outcome of a run', () => {
  it('is its worst task', () => {
    expect(outcomeOfTasks([])).toBe('success');
    expect(outcomeOfTasks(['success', 'failure', 'skip'])).toBe('failure');
    expect(outcomeOfTasks(['failure', 'cancellation'])).toBe('cancellation');
  });
});
