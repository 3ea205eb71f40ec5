import { describe, expect, it } from '@jest/globals';
import type { Evaluation, PolicyFigures } from './figures.js';
import { modelCard, type Origin } from './model-card.js';
import { releaseDecision, type Trial } from './release-gate.js';

/** Figures with these mean completion times, s, by sequence; executor-seconds are ten times as many times `cost`. */
function figuresOf(policy: string, values: readonly number[], cost = 1): PolicyFigures {
  const bySequence = values.map((value, seed) => ({ seed, meanCompletionSeconds: value, p95CompletionSeconds: 2 * value, executorSeconds: 1000 * cost, decisionCount: 10 }));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { policy, meanCompletionSeconds: mean, p95CompletionSeconds: 2 * mean, executorSeconds: 1000 * cost, decisionsPerSequence: 10, movesPerSequence: 3, unfinishedJobs: 0, decisionP50Us: 20, decisionP99Us: 90, bySequence };
}

const base = [100, 110, 120, 90, 105, 95, 101, 99];
const times = (factor: number, noise = 0) => base.map((value, index) => value * (factor + (index % 2 === 0 ? noise : -noise)));
const evaluationOf = (name: string, policies: readonly PolicyFigures[]): Evaluation => ({
  workload: 'made up',
  scenario: { name, arrivals: { initialJobs: 20, laterJobs: 0, meanGapMs: 0 }, executorCount: 50 },
  jobCount: 20,
  seeds: base.map((_, seed) => seed),
  policies,
});
const others = [figuresOf('tuned', base), figuresOf('fair', times(1.2)), figuresOf('fifo', times(3))];
const trialOf = (candidate: PolicyFigures, given: Partial<Trial> = {}): Trial => ({ candidate: 'new', lambda: 0, main: [evaluationOf('batch', [candidate, ...others])], stress: [], ...given });

describe('the release gate', () => {
  it('lets through what is better than the tuned heuristic beyond chance', () => {
    const { isPublished, serves, reasons } = releaseDecision(trialOf(figuresOf('new', times(0.95, 0.01))));
    expect([isPublished, serves]).toEqual([true, true]);
    expect(reasons).toEqual([expect.stringMatching(/^batch: 5\.\d % lower mean completion time \(95 % interval 4\.\d to 5\.\d %, 8 sequences\) than tuned$/)]);
  });

  it('refuses what may be better by chance, and says so with figures', () => {
    const { isPublished, serves, reasons } = releaseDecision(trialOf(figuresOf('new', times(0.99, 0.2))));
    expect([isPublished, serves]).toEqual([false, false]);
    expect(reasons[0]).toMatch(/^batch: not beyond doubt better: .* than tuned$/);
  });

  it('refuses what is worse than the fair share under any stress', () => {
    const better = figuresOf('new', times(0.9));
    const stress = [evaluationOf('batch, load +20 %', [better, figuresOf('fair', base)]), evaluationOf('batch, failures', [figuresOf('new', times(1.01)), figuresOf('fair', base)])];
    const refused = releaseDecision(trialOf(better, { stress }));
    expect(refused).toMatchObject({ isPublished: false, serves: false, reasons: ['batch, failures of made up: worse: 1.0 % higher mean completion time (95 % interval 1.0 to 1.0 %, 8 sequences) than fair'] });
    expect(refused.verdicts.map(({ isPassed }) => isPassed)).toEqual([true, true, false]);
    const passed = releaseDecision(trialOf(better, { stress: stress.slice(0, 1) }));
    expect(passed.reasons[1]).toBe('no worse than fair in 1 stress scenarios; closest: 10.0 % lower, batch of 20 jobs on 50 executors, made up');
  });

  it('puts it in the place of a champion only when it beats that beyond chance by the same objective', () => {
    const champion = { name: 'old', lambda: 0 };
    const against = (ownFactor: number, given = champion) => releaseDecision({ ...trialOf(figuresOf('new', times(ownFactor))), main: [evaluationOf('batch', [figuresOf('new', times(ownFactor)), ...others, figuresOf('old', times(0.93, 0.01))])], champion: given });
    expect(against(0.9)).toMatchObject({ isPublished: true, serves: true });
    expect(against(0.929)).toMatchObject({ isPublished: true, serves: false });
    expect(against(0.929).reasons.at(-1)).toMatch(/^batch: not beyond doubt better than what serves: /);
    expect(against(0.8, { name: 'old', lambda: 0.3 })).toMatchObject({ isPublished: true, serves: false });
  });

  it('weighs executor-seconds as the objective does', () => {
    const cheap = figuresOf('new', times(1.02), 0.5);
    expect(releaseDecision(trialOf(cheap)).isPublished).toBe(false);
    expect(releaseDecision(trialOf(cheap, { lambda: 0.3 })).isPublished).toBe(true);
  });

  it('refuses what leaves jobs undone', () => {
    const lazy = figuresOf('new', [...times(0.5).slice(1), Infinity]);
    expect(releaseDecision(trialOf(lazy))).toMatchObject({ isPublished: false, reasons: ['batch: not beyond doubt better: jobs were left undone (8 sequences), unlike under tuned'] });
  });

  it('needs figures of what it compares with', () => {
    expect(() => releaseDecision({ ...trialOf(figuresOf('new', base)), main: [] })).toThrow('at least one scenario');
    expect(() => releaseDecision({ ...trialOf(figuresOf('new', base)), main: [evaluationOf('batch', [figuresOf('new', base)])] })).toThrow('tuned was not evaluated beside the candidate');
  });
});

describe('a model card', () => {
  const origin: Origin = {
    ...{ name: 'new', createdAt: '2026-01-01T00:00:00.000Z', requestedBy: 'ada', trainingId: 't', lambda: 0 },
    workload: { name: 'made up', words: 'two kinds', kindCount: 2, sizeCount: 1 },
    training: { seed: 100_000, generations: 5, episodes: 500, parameters: 279, wallSeconds: 12, words: 'evolution strategies' },
    tunedWords: 'shares',
    rivals: [{ name: 'learned-2', lambda: 0.3 }],
  };

  it('claims nothing without baseline, workload, interval and number', () => {
    const card = modelCard(origin, 'new', releaseDecision(trialOf(figuresOf('new', times(0.95, 0.01), 1.1))));
    expect(card).toMatchObject({ candidate: 'new', lambdas: { new: 0, 'learned-2': 0.3 } });
    expect(card.claims).toHaveLength(3);
    expect(card.claims[0]).toMatch(/^5\.\d % lower mean completion time \(95 % interval .* %, 8 sequences\) than tuned, with 10\.0 % more executor-seconds \(10\.0 to 10\.0 %\), on made up, batch of 20 jobs on 50 executors$/);
    expect(card.scenarios[0]).toMatchObject({ sequences: 8, first_seed: 0, last_seed: 7, figures: [{ policy: 'new', executor_seconds: 1100 }, { policy: 'tuned' }, {}, {}], against: [{ baseline: 'tuned', executor_seconds: { percent: 10, wins: 0 } }, {}, {}] });
    expect(card.limits).toContain('batch: costs 10.0 % more executor-seconds than fair');
  });

  it('has null where a figure is not finite, so that it can be kept as JSON', () => {
    const card = modelCard(origin, 'new', releaseDecision(trialOf(figuresOf('new', [...times(0.5).slice(1), Infinity]))));
    expect(JSON.parse(JSON.stringify(card))).toEqual(card);
    expect(card.scenarios[0]?.figures[0]).toMatchObject({ mean_completion_s: null });
  });
});
