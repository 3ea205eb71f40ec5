import { describe, expect, it } from '@jest/globals';
import { firstParameters, layout } from '../agents/layout.js';
import { relativeCost, type EpisodeFigures } from './relative-cost.js';
import { trainPolicy, type Evaluate, type GenerationReport, type TrainingPlan } from './train-policy.js';

const figures = (part: Partial<EpisodeFigures> = {}): EpisodeFigures => ({ jobCount: 10, finishedCount: 10, meanCompletionSeconds: 50, p95CompletionSeconds: 100, executorSeconds: 1000, ...part });

/** Completion is the shorter the nearer one parameter is to 1. */
const at = layout.heads.biasesAt;
const evaluate: Evaluate = async (candidates, episodes) =>
  candidates.map((candidate) => episodes.map(({ seed }) => figures({ meanCompletionSeconds: (50 + (seed % 10)) * (candidate === undefined ? 1 : 0.5 + 0.5 * (1 - (candidate[at] as number)) ** 2) })));
const plan: TrainingPlan = {
  ...{ seed: 100_000, generations: 12, objective: { lambda: 0, tail: 0 }, evaluate, validateEvery: 4, settings: { pairCount: 4, stepSize: 0.1, averaging: 0.5 } },
  groups: [{ name: 'batch', scenarios: ['one', 'other'], validationCount: 2 }],
};

describe('training', () => {
  it('makes the cost smaller than that of the heuristic, and tells how it goes', async () => {
    const reports: GenerationReport[] = [];
    const { parameters, generation, validation, episodeCount } = await trainPolicy({ ...plan, onGeneration: (report) => reports.push(report) });
    expect(parameters[at]).toBeGreaterThan(0.1);
    expect(validation).toBeLessThan(0.95);
    expect(generation).toBeGreaterThan(0);
    expect(episodeCount).toBe(12 * 9);
    expect(reports).toHaveLength(12);
    expect(reports.find((report) => report.generation === generation)?.groups[0]?.completion).toBeCloseTo(validation);
    expect(reports.at(-1)?.parameters).toEqual(parameters);
  });

  it('gives the same parameters again, bit for bit', async () => {
    expect(await trainPolicy(plan)).toEqual(await trainPolicy(plan));
  });

  it('keeps what it began with where nothing was better', async () => {
    const worse: Evaluate = async (candidates, episodes) => candidates.map((candidate) => episodes.map(() => figures({ meanCompletionSeconds: candidate === undefined ? 50 : 50 + Math.abs(candidate[at] as number) })));
    const { parameters, generation, validation } = await trainPolicy({ ...plan, evaluate: worse });
    expect([generation, validation]).toEqual([0, 1]);
    expect(parameters).toEqual(firstParameters(plan.seed));
  });
});

describe('the cost of an episode', () => {
  it('is relative to the heuristic, and adds executor-seconds of a job and the tail as they are weighted', () => {
    expect(relativeCost({ lambda: 0, tail: 0 }, figures({ meanCompletionSeconds: 40 }), figures())).toBeCloseTo(0.8);
    expect(relativeCost({ lambda: 0.5, tail: 0.25 }, figures({ executorSeconds: 500 }), figures({ executorSeconds: 1000 }))).toBeCloseTo((50 + 25 + 25) / (50 + 25 + 50));
  });

  it('is high where a job was left undone', () => {
    expect(relativeCost({ lambda: 0, tail: 0 }, figures({ finishedCount: 9, meanCompletionSeconds: 1 }), figures())).toBe(3);
  });
});
