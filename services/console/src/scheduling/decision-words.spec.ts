import { describe, expect, it } from '@jest/globals';
import type { ScheduleAssignment, ScheduleDecision } from '../api/schedule-shapes.js';
import { differenceOf, fallbackWords, policyName, reasonOf, summaryOf, withNewest } from './decision-words.js';

const give = (task: string, count: number, run = 'r'): ScheduleAssignment => ({ run_id: run, task, pool_id: 'local', count, desired_slots: count, reason: `learned: because of ${task}` });
const decision = (part: Partial<ScheduleDecision>): ScheduleDecision => ({
  ...{ decision_id: 'd', decided_at: '2026-03-01T10:00:00Z', scheduler: 'default', policy: { name: 'learned', version: 2 }, fallback: '', fallback_words: '', runs: 2, free_slots: 4, took_ms: 1 },
  ...{ assignments: [], heuristic: 'fair', heuristic_assignments: [], experiment_id: '', arm: '' },
  ...part,
});

describe('the difference to the heuristic', () => {
  it('is what either would start alone, whatever the order', () => {
    const { started, instead, isSame } = differenceOf({ assignments: [give('build', 3), give('test', 1)], heuristic_assignments: [give('test', 1), give('build', 1), give('lint', 2)] });

    expect(isSame).toBe(false);
    expect(started.map(({ task, count, shared }) => [task, count, shared])).toEqual([['build', 3, 1], ['test', 1, 1]]);
    expect(instead.map(({ task, count, shared }) => [task, count, shared])).toEqual([['lint', 2, 0]]);
  });

  it('is none where both start the same, in however many parts', () => {
    expect(differenceOf({ assignments: [give('build', 1), give('build', 1)], heuristic_assignments: [give('build', 2)] })).toMatchObject({ isSame: true, instead: [] });
    expect(differenceOf({ assignments: [], heuristic_assignments: [] }).isSame).toBe(true);
    expect(differenceOf({ assignments: [give('build', 1, 'r')], heuristic_assignments: [give('build', 1, 's')] }).isSame).toBe(false);
  });
});

describe('words about decisions', () => {
  it('say why without repeating who', () => {
    expect([reasonOf('learned: has 1 slot', 'learned'), reasonOf('fair: has 1 slot', 'learned')]).toEqual(['has 1 slot', 'fair: has 1 slot']);
    expect([policyName({ name: 'learned', version: 3 }), policyName({ name: 'learned', version: 1 }), policyName({ name: 'fair', version: 0 })]).toEqual(['learned-3', 'learned', 'fair']);
  });

  it('give every cause a next step, also those that are new', () => {
    for (const cause of ['deadline', 'invalid', 'out_of_distribution', 'breaker', 'failure', 'no_policy']) expect(fallbackWords(cause).nextStep).not.toBe('');
    expect(fallbackWords('some_new_cause').word).toBe('some new cause');
    expect(fallbackWords('toString').word).toBe('toString');
  });

  it('sum up what decisions come to together', () => {
    const summary = summaryOf([
      decision({ took_ms: 1, assignments: [give('a', 1)], heuristic_assignments: [give('b', 1)] }),
      decision({ took_ms: 9, policy: { name: 'fair', version: 0 }, fallback: 'deadline' }),
      decision({ took_ms: 2 }),
    ]);

    expect(summary).toEqual({ count: 3, deciders: [['learned-2', 2], ['fair', 1]], differing: 1, fallbacks: [['deadline', 1]], medianTookMs: 2 });
    expect(summaryOf([]).medianTookMs).toBeNull();
  });
});

describe('the newest decisions', () => {
  const [one, two, three] = ['1', '2', '3'].map((id) => decision({ decision_id: id })) as [ScheduleDecision, ScheduleDecision, ScheduleDecision];

  it('come before those that are shown', () => {
    expect(withNewest([two, one], [three, two])).toEqual([three, two, one]);
    expect(withNewest([], [one])).toEqual([one]);
  });

  it('leave the list as it is where there are none, and are no continuation where none of them is known', () => {
    const shown = [two, one];
    expect(withNewest(shown, [two, one])).toBe(shown);
    expect(withNewest([one], [three, two])).toBeNull();
  });
});
