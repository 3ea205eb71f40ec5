import { describe, expect, it } from '@jest/globals';
import { failureFeatureNames } from '@orrery/predictor/domain';
import { seededRandom } from '@orrery/stats';
import { f1OfSuccess, previousOrFailure, strawMan } from './evaluate.js';
import type { LabelledRun } from './gha-runs.js';
import { knownBefore, startOf } from './known-before.js';
import { foldsByRepository, randomSplit, splitByTime } from './splits.js';

const run = (id: number, more: Partial<LabelledRun> = {}): LabelledRun => ({
  ...{ id: 4e9 + id, repository: 'a/b', workflow: 'ci.yml', branch: 'main', event: 'push', revision: '0:0', place: 0, failed: true, durationMs: 60_000 },
  ...more,
});
const random = seededRandom(3);
const many = Array.from({ length: 400 }, (_, index) => run(index * 1e6, { repository: `r${index % 20}`, revision: `${index % 20}:${index >> 6}`, place: index % 3, failed: random.next() < 0.5 }));

describe('what was known before a run', () => {
  it('grows with the ids, and stays within the year', () => {
    expect(new Date(startOf(run(0, { id: 7.26e9 }))).toISOString()).toBe('2023-12-19T00:00:00.000Z');
    expect(startOf(run(1000))).toBeGreaterThan(startOf(run(0)));
  });

  it('does not change with what came later', () => {
    const turned = many.map((each, index) => (index < 200 ? each : { ...each, failed: !each.failed }));

    for (const knowledge of ['published', 'clock'] as const) {
      const [known, other] = [knownBefore(many, knowledge), knownBefore(turned, knowledge)];
      for (let index = 0; index <= 200; index++) expect(other[index]!.features).toEqual(known[index]!.features);
    }
  });

  it('by the clock, leaves out what had not ended', () => {
    const runs = [run(0), run(1, { place: 1 })];
    const last = failureFeatureNames.indexOf('last_failed');

    expect(knownBefore(runs, 'published')[1]!.features[last]).toBe(1);
    expect(knownBefore(runs, 'clock')[1]!.features[last]).toBeNaN();
  });
});

describe('rules beside the model', () => {
  const known = knownBefore([run(0), run(1e6, { place: 1, failed: false }), run(2e6, { place: 2, failed: false })], 'published');

  it('call as the run before in the set', () => {
    expect(previousOrFailure(known)).toEqual([false, false, true]);
    expect(strawMan(known, 1).slice(1)).toEqual([false, true]);
  });

  it('are judged by the F1 of successes', () => {
    // One of two successes called, no failure called a success.
    expect(f1OfSuccess(known, [false, false, true])).toBeCloseTo(2 / 3, 9);
  });
});

describe('splits', () => {
  const known = knownBefore(many, 'published');

  it('have each run once', () => {
    for (const { training, validation, test } of [randomSplit(known, seededRandom(1)), splitByTime(known)]) expect(new Set([...training, ...validation, ...test]).size).toBe(known.length);
  });

  it('by time, test what came last', () => {
    const { training, validation, test } = splitByTime(known);
    const latest = (part: typeof known) => Math.max(...part.map((each) => each.run.id));

    expect(latest([...training])).toBeLessThan(latest([...validation]));
    expect(latest([...validation])).toBeLessThan(Math.min(...test.map((each) => each.run.id)));
  });

  it('by repository, test each repository once, unseen', () => {
    const folds = foldsByRepository(known, seededRandom(1));

    expect(folds.flatMap(({ test }) => test)).toHaveLength(known.length);
    for (const { training, validation, test } of folds) {
      const seen = new Set([...training, ...validation].map((each) => each.run.repository));
      expect(test.some((each) => seen.has(each.run.repository))).toBe(false);
    }
  });
});
