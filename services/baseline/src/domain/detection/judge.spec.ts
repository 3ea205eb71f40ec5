import { describe, expect, it } from '@jest/globals';
import type { Observation } from '@orrery/contracts';
import fc from 'fast-check';
import { buildObservation, contextAfter, series } from '../../../test/build-observation.js';
import type { JudgeContext } from './judge-context.js';
import { judge } from './judge.js';

const minute = 60_000;
const gib = 2 ** 30;
const steady = series(30, (index) => ({ measures: { durationMs: 4 * minute + 7000 + 1000 * (index % 5) } }));
const took = (durationMs: number) => buildObservation({ measures: { durationMs } });
const causesOf = (context: JudgeContext, observation: Observation) => judge(context, observation).findings.map(({ cause, severity }) => `${cause} ${severity}`);

describe('a duration', () => {
  it('that is several times the usual is said in a sentence', () => {
    expect(judge(contextAfter(steady), took(14 * minute)).findings).toMatchObject([
      { type: 'duration', severity: 'critical', cause: 'duration:slow', metric: 'duration_ms', unit: 'ms', level: 0, actual: 840_000, evidence: ['run-1'], text: expect.stringMatching(/^build took 14 min, 3\.4 x its usual 4 min \d+ s$/) },
    ]);
  });

  it('that is as usual, or a little more, is normal', () => {
    for (const durationMs of [4 * minute, 5 * minute, 6 * minute]) {
      expect(judge(contextAfter(steady), took(durationMs))).toMatchObject({ findings: [], normal: expect.arrayContaining(['duration:slow']) });
    }
  });

  it('of milliseconds is nobody’s worry, however many times the usual it is', () => {
    expect(causesOf(contextAfter(series(30, () => ({ measures: { durationMs: 10 } }))), took(900))).toEqual([]);
  });

  it('that is a small part of the usual is a warning', () => {
    expect(causesOf(contextAfter(steady), took(15_000))).toEqual(['duration:fast warning']);
  });

  it('is not judged before there are five, nor when the run failed', () => {
    expect(causesOf(contextAfter(steady.slice(0, 4)), took(60 * minute))).toEqual([]);
    expect(causesOf(contextAfter(steady), buildObservation({ outcome: 'failure', measures: { durationMs: 14 * minute } }))).toEqual([]);
  });

  it('must be further off while few are known', () => {
    expect(causesOf(contextAfter(steady.slice(0, 5)), took(14 * minute))).toEqual([]);
    expect(causesOf(contextAfter(steady.slice(0, 5)), took(20 * minute))).toEqual(['duration:slow critical']);
  });

  it('is judged by a coarser baseline while the image is new, and says so', () => {
    const known = contextAfter(series(30, () => ({ image: 'node:22', measures: { durationMs: 4 * minute } })));
    const fresh = buildObservation({ image: 'node:24', measures: { durationMs: 14 * minute } });
    const context = { ...known, levels: contextAfter([fresh]).levels.map((level) => ({ ...level, state: level.isSubject ? (known.levels.find(({ isSubject }) => isSubject)?.state ?? null) : null })) };

    expect(judge(context, fresh).findings).toMatchObject([{ cause: 'duration:slow', level: 1 }]);
  });

  it('needs more to be told once people called it a false alarm', () => {
    expect(causesOf(contextAfter(steady, { thresholds: () => 1 }), took(10 * minute))).toEqual(['duration:slow warning']);
    expect(causesOf(contextAfter(steady, { thresholds: () => 1.5 }), took(10 * minute))).toEqual([]);
  });

  it('that stays at a new level is told once as the new normal, then normal', () => {
    const slower = series(8, () => ({ measures: { durationMs: 12 * minute } }));
    const said = slower.map((observation, index) => causesOf(contextAfter([...steady, ...slower.slice(0, index)]), observation));

    expect(said.slice(0, 5)).toEqual(Array.from({ length: 5 }, () => [expect.stringContaining('duration:slow')]));
    expect(said.slice(5)).toEqual([['new_normal:duration info'], [], []]);
  });
});

describe('other measures', () => {
  it('memory beyond one and a half times the largest is told', () => {
    const context = contextAfter(series(20, (index) => ({ measures: { peakMemoryBytes: gib + index * 2 ** 20 } })));

    expect(causesOf(context, buildObservation({ measures: { peakMemoryBytes: 1.4 * gib } }))).toEqual([]);
    expect(judge(context, buildObservation({ measures: { peakMemoryBytes: 4 * gib } })).findings).toMatchObject([{ cause: 'memory:high', severity: 'critical', text: 'build used 4 GiB, 3.9 x its usual 1 GiB' }]);
  });

  it('memory that grows towards its limit is told before it is reached', () => {
    const growing = series(40, (index) => ({ memoryLimitBytes: 2 * gib, measures: { peakMemoryBytes: gib + index * 20 * 2 ** 20 } }));
    const level = series(40, (index) => ({ memoryLimitBytes: 2 * gib, measures: { peakMemoryBytes: 1.5 * gib + (index % 5) * 20 * 2 ** 20 } }));
    const next = buildObservation({ memoryLimitBytes: 2 * gib, measures: { peakMemoryBytes: 1.8 * gib } });

    expect(judge(contextAfter(growing), next).findings).toMatchObject([{ type: 'memory_trend', severity: 'warning', text: expect.stringMatching(/meets its limit of 2 GiB in about \d+ runs/) }]);
    expect(causesOf(contextAfter(level), next)).toEqual([]);
  });

  it('queue time, output size, cost and tokens are told when several times the usual', () => {
    const usual = { queueMs: 20_000, outputSizeBytes: 50 * 2 ** 20, costUsd: 0.2, inputTokens: 9000, outputTokens: 2000 };
    const context = contextAfter(series(30, () => ({ measures: usual })));

    expect(causesOf(context, buildObservation({ measures: usual }))).toEqual([]);
    expect(judge(context, buildObservation({ measures: { queueMs: 600_000, outputSizeBytes: 2 ** 30, costUsd: 5, inputTokens: 90_000, outputTokens: 20_000 } })).findings.map(({ cause }) => cause)).toEqual([
      'queue_time:long',
      'output_size:large',
      'tokens:input',
      'tokens:output',
      'cost:high',
    ]);
    expect(causesOf(context, buildObservation({ measures: { outputSizeBytes: 1000 } }))).toEqual(['output_size:small critical']);
  });
});

describe('failures', () => {
  const passing = series(30, () => ({ errorLines: ['WARN retry 3 of 5 at 10.0.0.7:8080'] }));
  const failed = (changes: Parameters<typeof buildObservation>[0] = {}) => buildObservation({ outcome: 'failure', ...changes });

  it('with an error line that no success had are told; numbers, ids and paths in it do not matter', () => {
    const context = contextAfter(passing);

    expect(judge(context, failed({ errorLines: ['OutOfMemoryError: 4096 MiB in /var/lib/x/1'] })).findings).toMatchObject([{ type: 'new_error', severity: 'warning', text: expect.stringContaining('OutOfMemoryError') }]);
    expect(causesOf(context, failed({ errorLines: ['WARN retry 1 of 9 at 192.168.3.44:9090'] }))).toEqual([]);
  });

  it('with an error that was told before are told no more', () => {
    expect(causesOf(contextAfter([...passing, failed({ errorLines: ['boom 1'] })]), failed({ errorLines: ['boom 2'] }))).toEqual([]);
  });

  it('that come more often than chance would give make the success rate fall', () => {
    const failures = series(4, () => ({ outcome: 'failure' }));
    const said = failures.map((failure, index) => causesOf(contextAfter([...passing, ...failures.slice(0, index)]), failure));

    expect(said.at(0)).toEqual([]);
    expect(said.at(-1)).toEqual([expect.stringContaining('success_rate')]);
  });

  it('on inputs that passed too are flaky; on new inputs they are failures', () => {
    const passed = series(12, (index) => ({ inputsId: `revision-${index}` }));

    expect(causesOf(contextAfter(passed), failed({ inputsId: 'revision-11' }))).toEqual(['flaky info']);
    expect(causesOf(contextAfter(passed), failed({ inputsId: 'revision-12' }))).toEqual([]);
  });
});

describe('anything', () => {
  it('is judged without NaN, Infinity or a crash', () => {
    const odd = fc.oneof(fc.double(), fc.constantFrom(null, 0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e308, 1000));
    const observation = fc.record({ value: odd, at: fc.constantFrom(0, 1e12, 1e13), outcome: fc.constantFrom('success' as const, 'failure' as const) }).map(({ value, at, outcome }) =>
      buildObservation({ outcome, observedAtMs: at, memoryLimitBytes: value, measures: { durationMs: value, peakMemoryBytes: value, queueMs: value, outputSizeBytes: value, costUsd: value } }),
    );

    fc.assert(
      fc.property(fc.array(observation, { minLength: 1, maxLength: 60 }), observation, (known, next) => {
        for (const { expected, actual, deviation, text } of judge(contextAfter(known), next).findings) {
          for (const number of [expected, actual, deviation]) expect(number === null || Number.isFinite(number)).toBe(true);
          expect(text).not.toMatch(/NaN|Infinity|undefined/);
        }
      }),
      { numRuns: 200 },
    );
  });
});
