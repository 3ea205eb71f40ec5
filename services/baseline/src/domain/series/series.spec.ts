import { describe, expect, it } from '@jest/globals';
import { create } from '@bufbuild/protobuf';
import { MetricPointSchema } from '@orrery/contracts';
import { seededRandom } from '@orrery/stats';
import fc from 'fast-check';
import { buildObservation } from '../../../test/build-observation.js';
import { epochMs, metricSampled, usualMemory } from '@orrery/testing';
import { decodeSeries, emptySeries, encodeSeries, learnSeriesEvent, sampledFactId, sampledSeries, seriesIdOf, submissionIntervalMs, submissionOf, type SeriesEvent, type SeriesState } from './index.js';

const gib = 2 ** 30;
const minuteMs = 60_000;

/** What a series knows after some events, and what was found on the way. */
function learned(events: readonly SeriesEvent[], threshold = 1, from: SeriesState = emptySeries()) {
  let state = from;
  const verdicts = events.flatMap((event) => {
    const learnt = learnSeriesEvent(state, event, threshold);
    state = learnt.state;
    return learnt.verdicts;
  });
  return { state, verdicts, findings: verdicts.flatMap(({ finding }) => finding ?? []) };
}

const usual = usualMemory(400).flatMap((fact) => sampledSeries(fact, epochMs));
const next = (value: number, told = {}) => sampledSeries(metricSampled('jump', { startedAtMs: epochMs + 400 * minuteMs, ...told }, [value]), epochMs);

describe('a series of samples', () => {
  it('is silent about the usual', () => {
    expect(learned([...usual, ...next(1.1 * gib)])).toMatchObject({ findings: [], state: { stream: { count: 401 } } });
  });

  it('tells a value unlike all before in a sentence, critical when it is far outside', () => {
    expect(learned([...usual, ...next(3.1 * gib)]).findings).toMatchObject([
      {
        ...{ type: 'metric', severity: 'critical', cause: expect.stringMatching(/^metric:memory_bytes:[0-9a-f]{8}$/), metric: 'memory_bytes', unit: 'By', actual: 3.1 * gib },
        title: 'build: memory_bytes unlike before',
        text: 'memory_bytes of build was 3.1 GiB, unlike anything in its last 400 samples (usually 922 MiB to 1.2 GiB)',
      },
    ]);
    expect(learned([...usual, ...next(1.3 * gib)]).findings).toMatchObject([{ severity: 'warning' }]);
  });

  it('tells a change that is unlike all before though its value is not', () => {
    const slow = Array.from({ length: 400 }, (_, index) => 50 + 40 * Math.sin(index / 30));
    const atMs = epochMs + 400 * minuteMs;
    const events = [...sampledSeries(metricSampled('slow', { startedAtMs: epochMs, metric: 'cpu_share', unit: '%' }, slow), atMs), ...sampledSeries(metricSampled('next', { startedAtMs: atMs, metric: 'cpu_share', unit: '%' }, [12]), atMs)];

    expect(slow.at(-1)).toBeGreaterThan(70);
    expect(learned(events).findings).toMatchObject([{ severity: 'warning', text: expect.stringMatching(/^cpu_share of build changed as it did not in its last 400 samples: to 12 % where about \d\d\.\d % was expected \(usually 10 % to 90 %\)$/) }]);
  });

  it('asks for more once people called it a false alarm', () => {
    expect(learned([...usual, ...next(1.27 * gib)]).findings).toHaveLength(1);
    expect(learned([...usual, ...next(1.27 * gib)], 10).findings).toEqual([]);
  });

  it('leaves out times that cannot be and values that are no numbers', () => {
    const fact = metricSampled('odd', { startedAtMs: epochMs }, [1, Number.NaN, 3]);
    const impossible = [0, epochMs + 48 * 3_600_000, Number.NaN].map((atMs) => create(MetricPointSchema, { atMs, value: 4 }));
    const told = { ...fact, series: fact.series.map((series) => ({ ...series, points: [...series.points, ...impossible] })) };

    expect(sampledSeries(told, epochMs).flatMap((event) => (event.kind === 'values' ? event.values.map(({ value }) => value) : []))).toEqual([1, 3]);
    expect(sampledFactId(told)).toMatch(/^[0-9a-f]{32}$/);
  });

  it('is another for another task, unit or attributes, whatever order these are told in', () => {
    const ids = [{}, { task: '' }, { unit: 'MiBy' }, { attributesJson: '{"a":1,"b":2}' }, { attributesJson: '{"b":2,"a":1}' }].map((told) => seriesIdOf(next(1, told)[0]!.key));

    expect(new Set(ids).size).toBe(4);
    expect(ids[3]).toBe(ids[4]);
  });

  it('never has numbers that are none, and is the same each time and in bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.double(), { minLength: 1, maxLength: 60 }), (values) => {
        const events = sampledSeries(metricSampled('any', { startedAtMs: epochMs }, values), epochMs + 3_600_000);
        const { state, findings } = learned(events);

        expect(learned(events).state).toEqual(state);
        expect(decodeSeries(encodeSeries(state))).toEqual(state);
        for (const { expected, deviation, text } of findings) expect([expected, deviation].every(Number.isFinite) && !/NaN|Infinity/.test(text)).toBe(true);
      }),
    );
  });
});

describe('the starts of a workflow', () => {
  const startAt = (minute: number) => submissionOf(buildObservation({ kind: 'started', observedAtMs: epochMs + minute * minuteMs }), epochMs + minute * minuteMs);
  const valuesOf = (minutes: readonly number[]) => {
    const { state, verdicts } = learned(minutes.map(startAt));
    return { open: state.open?.starts, recent: state.stream.recent, atMinutes: verdicts.map(({ atMs }) => (atMs - epochMs) / minuteMs) };
  };

  it('are counted in intervals that the first start of a later one closes, those without a start included', () => {
    expect(valuesOf([0, 1, 4.9])).toMatchObject({ open: 3, recent: [] });
    expect(valuesOf([0, 1, 4.9, 5])).toEqual({ open: 1, recent: [3], atMinutes: [5] });
    expect(valuesOf([0, 1, 4.9, 21])).toMatchObject({ open: 1, recent: [3, 0, 0, 0] });
  });

  it('count in the open interval when they are told a little late, and not at all when they are old', () => {
    expect(valuesOf([6, 4, 7, -60, 11])).toMatchObject({ open: 1, recent: [3] });
  });

  it('after months of none take two hours of them, and no more', () => {
    expect(learned([startAt(0), startAt(100 * 1440)]).state.stream.count).toBe(25);
  });

  it('of a clock that is ahead count as now', () => {
    expect(submissionOf(buildObservation({ kind: 'started', observedAtMs: epochMs + 3_600_000 }), epochMs)).toMatchObject({ startedAtMs: epochMs });
  });

  it('are told when there are many more than ever', () => {
    const quiet = Array.from({ length: 300 }, (_, index) => Array.from({ length: 1 + (index % 3) }, (_, start) => startAt(index * 5 + start))).flat();
    const burst = Array.from({ length: 40 }, (_, index) => startAt(1500 + index / 10));
    const { findings } = learned([...quiet, ...burst, startAt(1506)]);

    expect(findings).toMatchObject([
      { severity: 'critical', subject: { subject: 'run', task: '' }, actual: 40, unit: '{run}', text: 'release was started 40 times within 5 min, unlike in the 300 times 5 min before (usually 1 to 3)', evidence: [] },
    ]);
    expect(findings[0]?.detectedAtMs).toBe(epochMs + 1500 * minuteMs + submissionIntervalMs);
  });

  it('are not told for what chance gives: runs that come now and then, by ones and twos', () => {
    const random = seededRandom(5);
    const events = Array.from({ length: 3000 }, (_, index) => [0.3, 0.05, 0.01].filter((share) => random.next() < share).map((_share, start) => startAt(index * 5 + start))).flat();

    expect(learned(events)).toMatchObject({ findings: [], state: { stream: { count: expect.any(Number) } } });
  });

  it('take next to no room before an interval was closed', () => {
    const { state } = learned([startAt(0), startAt(1)]);

    expect(encodeSeries(state).length).toBeLessThan(16);
    expect(decodeSeries(encodeSeries(state))).toEqual(state);
  });
});
