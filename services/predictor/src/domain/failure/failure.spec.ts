import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@orrery/stats';
import fc from 'fast-check';
import { failureFeatureNames, failureFeatures, failureFeatureTopics } from './failure-features.js';
import { decodeFailure, encodeFailure, failureProbability, fitFailure, type FailureRows } from './failure-model.js';
import type { FailureQuery, OutcomePoint } from './outcome-point.js';
import { predictFailure } from './predict-failure.js';

const hourMs = 3_600_000;
// A Wednesday, 14:00 UTC.
const atMs = Date.UTC(2026, 2, 4, 14);
const query: FailureQuery = { atMs, attempt: 1, revision: 'new', refName: 'main', trigger: 'push' };

/** Runs that ended an hour apart, the last an hour ago: F failed, S succeeded, C cancelled. */
const runs = (outcomes: string, more: Partial<OutcomePoint> = {}): OutcomePoint[] =>
  [...outcomes].map((letter, index) => ({
    ...{ outcome: { F: 'failure', S: 'success', C: 'cancellation' }[letter]!, finishedAtMs: atMs - (outcomes.length - index) * hourMs },
    ...{ revision: `r${index}`, refName: 'main', trigger: 'push', attempt: 1, durationMs: 60_000 },
    ...more,
  }));

const feature = (name: string, history: readonly OutcomePoint[], asked: Partial<FailureQuery> = {}) => failureFeatures(history, { ...query, ...asked })[failureFeatureNames.indexOf(name)];

const words = fc.constantFrom('', 'a', 'b');
const anyPoint = fc.record({
  outcome: fc.constantFrom('success', 'failure', 'error', 'timeout', 'cancellation', 'skip', 'unknown'),
  finishedAtMs: fc.integer({ min: atMs - 1000 * hourMs, max: atMs + 10 * hourMs }),
  revision: words,
  refName: words,
  trigger: words,
  attempt: fc.integer({ min: 1, max: 4 }),
  durationMs: fc.option(fc.integer({ min: 0, max: 1e7 })),
});
const anyHistory = fc.uniqueArray(anyPoint, { maxLength: 64, selector: ({ finishedAtMs }) => finishedAtMs });
const anyQuery = fc.record({ atMs: fc.constant(atMs), attempt: fc.integer({ min: 1, max: 4 }), revision: words, refName: words, trigger: words, neighbours: anyHistory });

describe('failure features', () => {
  it('have a name and a topic each', () => {
    expect(failureFeatures([], query)).toHaveLength(failureFeatureNames.length);
    expect(new Set(failureFeatureNames).size).toBe(failureFeatureNames.length);
    expect(failureFeatureTopics).toHaveLength(failureFeatureNames.length);
  });

  it('see nothing that ended after the moment that is asked for', () => {
    fc.assert(
      fc.property(anyHistory, anyQuery, (history, asked) => {
        const past = (points: readonly OutcomePoint[]) => points.filter(({ finishedAtMs }) => finishedAtMs <= atMs);

        expect(failureFeatures(history, asked)).toEqual(failureFeatures(past(history), { ...asked, neighbours: past(asked.neighbours) }));
      }),
    );
  });

  it('do not depend on the order in which the history is told', () => {
    fc.assert(fc.property(anyHistory, anyQuery, (history, asked) => expect(failureFeatures([...history].reverse(), asked)).toEqual(failureFeatures(history, asked))));
  });

  it('say how the last runs ended', () => {
    const history = runs('SSSSSSSSSSFSFF');

    expect(feature('last_failed', history)).toBe(1);
    expect(feature('third_last_failed', history)).toBe(0);
    expect(feature('signed_streak', history)).toBe(2);
    expect(feature('rate_of_10', history)).toBeCloseTo(3.5 / 11, 6);
    expect(feature('rate_change', history)).toBeCloseTo(3.5 / 11 - 0.5 / 5, 6);
    expect(feature('signed_streak', runs('FSSS'))).toBe(-3);
    expect(feature('last_ago', history)).toBeCloseTo(Math.log1p(3600), 5);
  });

  it('pass over runs that were cancelled', () => {
    expect(feature('last_failed', runs('SFCC'))).toBe(1);
    expect(feature('run_count', runs('SFCC'))).toBe(2);
  });

  it('know reruns of a revision, and that its result changes', () => {
    const history = runs('FSFS', { revision: 'new' });

    expect(feature('runs_of_revision', history)).toBe(4);
    expect(feature('last_of_revision_failed', history)).toBe(0);
    expect(feature('changed_rerun_rate', history)).toBeCloseTo(3.5 / 4, 6);
    expect(feature('runs_of_revision', history, { revision: 'other' })).toBe(0);
    expect(feature('runs_of_revision', history, { revision: '' })).toBeNaN();
  });

  it('are missing where nothing is known', () => {
    for (const name of ['last_failed', 'rate_of_10', 'usual_gap', 'rate_of_neighbours', 'last_duration_ratio']) expect(feature(name, [])).toBeNaN();
    expect(feature('hour', [])).toBe(14);
    expect(feature('weekday', [])).toBe(3);
  });
});

describe('failure without a model', () => {
  it('assumes one in five, and goes by what the repository does where it knows nothing else', () => {
    expect(predictFailure(null, [], query)).toMatchObject({ probability: 0.2, basis: { model: 'assumption', samples: 0 } });
    // (10 + 4 x 0.2) / (10 + 4)
    expect(predictFailure(null, [], { ...query, neighbours: runs('FFFFFFFFFF') })).toMatchObject({ probability: 10.8 / 14, basis: { model: 'rate', samples: 0 } });
  });

  it('goes by the latest runs', () => {
    const risk = (outcomes: string) => predictFailure(null, runs(outcomes), query).probability;

    expect(risk('SSSSSSSSSSSS')).toBeLessThan(0.05);
    expect(risk('SSSSSSSSFFFF')).toBeGreaterThan(0.5);
    expect(risk('FFFFFFFFSSSS')).toBeLessThan(0.5);
    expect(risk('FSFSFSFSFSFS')).toBeGreaterThan(0.4);
  });

  it('is a probability, and no failure more makes it smaller', () => {
    fc.assert(
      fc.property(anyHistory, anyQuery, (history, asked) => {
        const { probability, reasons } = predictFailure(null, history, asked);

        expect(probability).toBeGreaterThan(0);
        expect(probability).toBeLessThan(1);
        expect(reasons.length).toBeGreaterThanOrEqual(2);
        expect(reasons.length).toBeLessThanOrEqual(3);
      }),
    );
    fc.assert(fc.property(fc.stringMatching(/^[FS]{1,30}$/), (outcomes) => expect(predictFailure(null, runs(`${outcomes}F`), query).probability).toBeGreaterThan(predictFailure(null, runs(`${outcomes}S`), query).probability)));
  });

  it('says why in figures', () => {
    expect(predictFailure(null, runs('SSSSSFSSSSSSSSSSSSSSSFFSFFFSFS'), { ...query, revision: '' }).reasons).toEqual([
      'failed 6 of the last 10 runs (usually 1 of 10)',
      'the last run succeeded (after a success it failed 4 of 22 times)',
      '30 earlier runs are known',
    ]);
    expect(predictFailure(null, runs('FFFF', { revision: 'new' }), query).reasons).toEqual(['failed 4 of the last 4 runs', 'failed 4 of the last 4 runs of this revision', 'the last 4 runs failed (after a failure it failed 3 of 3 times)']);
    expect(predictFailure(null, [], { ...query, attempt: 2 }).reasons).toEqual(['no earlier run is known', 'first run of this revision', 'no earlier run of this branch is known']);
  });
});

describe('failure model', () => {
  /** Workflows that go wrong for long and right for long. */
  const rows = (count: number, seed: number): FailureRows & { readonly histories: OutcomePoint[][] } => {
    const random = seededRandom(seed);
    const histories = Array.from({ length: count }, () => {
      let letters = random.next() < 0.5 ? 'F' : 'S';
      while (letters.length < 12) letters += random.next() < 0.12 ? (letters.endsWith('F') ? 'S' : 'F') : letters.at(-1);
      return runs(letters);
    });
    const failed = histories.map((points) => (points.at(-1)!.outcome === 'failure') !== random.next() < 0.12);
    return { histories, features: histories.map((points) => failureFeatures(points, query)), failed };
  };
  const model = fitFailure({ training: rows(600, 1), validation: rows(300, 2), seed: 1 });

  it('learns how results follow on one another, and is as sure as it is right', () => {
    const fresh = rows(400, 3);
    const risks = fresh.features.map((features) => failureProbability(model, features));
    const share = (isHigh: boolean) => {
      const chosen = fresh.failed.filter((_, index) => risks[index]! > 0.5 === isHigh);
      return chosen.filter(Boolean).length / chosen.length;
    };

    expect(share(true)).toBeGreaterThan(0.8);
    expect(share(false)).toBeLessThan(0.2);
    expect(Math.abs(risks.reduce((sum, risk) => sum + risk, 0) / 400 - fresh.failed.filter(Boolean).length / 400)).toBeLessThan(0.05);
  });

  it('says the three topics that weigh most', () => {
    const { probability, reasons, basis } = predictFailure(model, runs('SSSSSSSSSSFFF'), query);

    expect(probability).toBeGreaterThan(0.7);
    expect(reasons).toHaveLength(3);
    expect(reasons[0]).toBe('the last 3 runs failed');
    expect(basis).toEqual({ model: 'boosted_trees', samples: 13 });
  });

  it('is read as it was written', () => {
    const copy = decodeFailure(encodeFailure(model));

    expect(encodeFailure(copy)).toEqual(encodeFailure(model));
    for (const features of rows(20, 4).features) expect(failureProbability(copy, features)).toBe(failureProbability(model, features));
  });

  it('refuses bytes that were cut or changed', () => {
    const bytes = encodeFailure(model);

    expect(() => decodeFailure(bytes.subarray(0, -1))).toThrow('stored failure model cannot be read');
    expect(() => decodeFailure(bytes.map((byte, index) => (index === 80 ? byte ^ 1 : byte)))).toThrow('cannot be read');
    expect(() => decodeFailure(new Uint8Array())).toThrow('encoded state ends');
  });

  it('refuses to learn from nothing', () => {
    expect(() => fitFailure({ training: { features: [], failed: [] }, validation: rows(5, 1), seed: 1 })).toThrow('failure model expects rows to learn from and to judge by, got 0 with 0 results');
  });
});
