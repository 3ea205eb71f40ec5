import { describe, expect, it } from '@jest/globals';
import { cardOf, evaluatedOf, oursIn } from './model-card.js';

const change = { percent: -8.3, low: -8.7, high: -7.9, wins: 99 };
const scenario = {
  ...{ name: 'batch', words: 'batch of 20 jobs on 50 executors', workload: 'TPC-H', is_stress: false, jobs: 20, executors: 50, sequences: 100, first_seed: 0, last_seed: 99 },
  figures: [{ policy: 'learned', mean_completion_s: 42.4, p95_completion_s: null, executor_seconds: 4300, decisions: 340, moves: 80, unfinished_jobs: 1, decision_p50_us: 20, decision_p99_us: 90 }],
  against: [{ baseline: 'tuned', objective: change, mean_completion: change, p95_completion: change, executor_seconds: { percent: null, low: null, high: null, wins: 0 } }],
  ...{ is_passed: true, verdict: 'batch: better' },
};

describe('a model card', () => {
  it('is read with every column', () => {
    const card = cardOf({ objective: { lambda: 0, words: 'mean completion time' }, workload: { name: 'TPC-H', words: '22 queries' }, training: { seed: 1, generations: 200 }, claims: ['a', 3], limits: ['b'], scenarios: [scenario, 'none'] });

    expect(card).toMatchObject({ objective: 'mean completion time', workload: 'TPC-H: 22 queries', seed: 1, generations: 200, episodes: null, claims: ['a'], limits: ['b'] });
    expect(card?.scenarios).toHaveLength(1);
    expect(card?.scenarios[0]).toMatchObject({ isStress: false, sequences: 100, isPassed: true, figures: [{ policy: 'learned', meanCompletionSeconds: 42.4, p95CompletionSeconds: null, unfinishedJobs: 1 }] });
    expect(card?.scenarios[0]?.against[0]).toMatchObject({ baseline: 'tuned', completion: change, executorSeconds: { percent: null } });
  });

  it('that lacks parts shows what it has, and what is none is none', () => {
    expect(cardOf({})).toMatchObject({ claims: [], scenarios: [], objective: '', seed: null });
    expect([null, undefined, 'card', []].map(cardOf)).toEqual([null, null, null, null]);
  });
});

describe('an evaluation', () => {
  it('holds what was learned against the others', () => {
    const comparisons = ['learned', 'tuned'].flatMap((policy) => ['fifo', 'fair'].map((baseline) => ({ policy, baseline, mean_completion: change })));
    const [evaluated] = evaluatedOf({ lambdas: { learned: 0.1, odd: 'x' }, scenarios: [{ ...scenario, figures: ['tuned', 'learned', 'fair', 'fifo'].map((policy) => ({ policy })), comparisons }] });

    expect(evaluated?.against.map(({ baseline }) => baseline)).toEqual(['fifo', 'fair']);
    expect(oursIn(evaluated as never)).toBe('learned');
    expect([...(evaluated?.lambdas ?? [])]).toEqual([['learned', 0.1]]);
    expect(evaluatedOf(null)).toEqual([]);
  });

  it('of heuristics alone holds one that is no baseline against those that are', () => {
    const [evaluated] = evaluatedOf({ scenarios: [{ figures: [{ policy: 'fifo' }, { policy: 'tuned' }], comparisons: [{ policy: 'tuned', baseline: 'fifo', mean_completion: change }] }] });
    expect(oursIn(evaluated as never)).toBe('tuned');
  });
});
