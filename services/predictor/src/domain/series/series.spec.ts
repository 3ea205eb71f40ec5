import { create } from '@bufbuild/protobuf';
import { describe, expect, it } from '@jest/globals';
import { MetricSampledSchema } from '@orrery/contracts';
import fc from 'fast-check';
import { decodeRing, emptyRing, encodeRing, mostSamples, rememberSamples, sampleIntervalMs, samplesUntil, seriesIdOf, seriesOfFact, type Sample } from './index.js';

const startMs = Date.UTC(2026, 2, 2, 9);
const everyMinute = (count: number, firstMinute = 0): readonly Sample[] => Array.from({ length: count }, (_, index) => ({ atMs: startMs + (firstMinute + index) * sampleIntervalMs, value: firstMinute + index }));

describe('the ring of a series', () => {
  it('keeps the last reading of each minute', () => {
    const { samples } = rememberSamples(emptyRing, [0, 10, 59, 60, 61].map((second) => ({ atMs: startMs + second * 1000, value: second })));

    expect(samples).toEqual([
      { atMs: startMs + 59_000, value: 59 },
      { atMs: startMs + 61_000, value: 61 },
    ]);
  });

  it('keeps no more than the newest', () => {
    const { samples } = rememberSamples(rememberSamples(emptyRing, everyMinute(mostSamples)), everyMinute(10, mostSamples));

    expect(samples).toHaveLength(mostSamples);
    expect([samples[0]?.value, samples.at(-1)?.value]).toEqual([10, mostSamples + 9]);
  });

  it('is the same in whatever order and however often readings come', () => {
    const sample = fc.record({ atMs: fc.integer({ min: startMs, max: startMs + 1000 * sampleIntervalMs }), value: fc.float() });

    fc.assert(
      fc.property(fc.array(sample, { maxLength: 900 }), fc.nat(900), (samples, cut) => {
        const atOnce = rememberSamples(emptyRing, samples);
        const inParts = rememberSamples(rememberSamples(emptyRing, samples.slice(cut).reverse()), samples.slice(0, cut + 3));

        expect(encodeRing(inParts)).toEqual(encodeRing(atOnce));
      }),
      { numRuns: 30 },
    );
  });

  it('comes back from its bytes', () => {
    const ring = rememberSamples(emptyRing, [...everyMinute(100), { atMs: startMs + 200.4 * sampleIntervalMs, value: 0.1 }]);

    expect(decodeRing(encodeRing(ring))).toEqual(ring);
    expect(encodeRing(ring).length).toBeLessThan(101 * 8 + 16);
    expect(decodeRing(encodeRing(emptyRing))).toEqual(emptyRing);
  });

  it('is refused in another version', () => {
    expect(() => decodeRing(new Uint8Array([2, 0]))).toThrow('version 2, expected 1');
  });

  it('leaves out what single precision does not hold, and what is yet to come', () => {
    expect(rememberSamples(emptyRing, [{ atMs: startMs, value: 1e300 }])).toEqual(emptyRing);
    expect(samplesUntil({ samples: everyMinute(3) }, startMs + sampleIntervalMs)).toEqual(everyMinute(2));
  });
});

describe('the series of a fact', () => {
  const run = { runId: 'run-1', engine: 'spec', namespace: 'team', workflow: 'release' };
  const fact = (series: object) => create(MetricSampledSchema, { tenantId: 'default', run, series: [{ task: 'build', name: 'memory_bytes', unit: 'By', points: [{ atMs: startMs, value: 1 }], ...series }] });

  it('are told apart by their attributes, in whatever order these are told', () => {
    const idOf = (attributesJson: string) => seriesOfFact(fact({ attributesJson }), startMs).map(({ key }) => seriesIdOf(key));

    expect(idOf('{"b":1,"a":2}')).toEqual(idOf('{"a":2,"b":1}'));
    expect(idOf('{"a":1}')).not.toEqual(idOf(''));
    expect(idOf('{}')).toEqual(idOf(''));
  });

  it('have neither values that are no number nor times that cannot be', () => {
    const points = [NaN, 5].map((value) => ({ atMs: startMs, value })).concat([{ atMs: 0, value: 1 }, { atMs: startMs + 25 * 3_600_000, value: 1 }]);

    expect(seriesOfFact(fact({ points }), startMs)).toMatchObject([{ samples: [{ atMs: startMs, value: 5 }] }]);
    expect(seriesOfFact(fact({ points: [] }), startMs)).toEqual([]);
    expect(seriesOfFact(fact({ name: '' }), startMs)).toEqual([]);
  });
});
