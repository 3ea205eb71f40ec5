import { DDSketch } from '@datadog/sketches-js';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ByteReader, ByteWriter } from './bytes.js';
import { addToDecaying, emptyDecayingSketch, readDecaying, sketchOf, writeDecaying } from './decaying-sketch.js';
import { addToSketch, emptySketch, maxSketchBins, mergeSketches, readSketch, sketchAccuracy, sketchLogScale, sketchMad, sketchQuantile, writeSketch, type Sketch } from './quantile-sketch.js';
import { median, medianAbsoluteDeviation } from './robust.js';

const sketchOfValues = (values: readonly number[]) => values.reduce(addToSketch, emptySketch);
const bytesOf = (sketch: Sketch) => {
  const writer = new ByteWriter();
  writeSketch(writer, sketch);
  return writer.bytes();
};
const durations = fc.array(fc.double({ min: 1, max: 30, noNaN: true }), { minLength: 1, maxLength: 300 });
const anything = fc.array(fc.oneof(fc.double(), fc.constantFrom(0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e300, 5e-324)), { maxLength: 200 });

describe('quantile sketch', () => {
  it('answers as DDSketch with the same accuracy does', () => {
    fc.assert(
      fc.property(durations, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
        const reference = new DDSketch({ relativeAccuracy: sketchAccuracy });
        for (const value of values) reference.accept(value);

        // Ours never answers beyond the largest value it saw.
        expect(sketchQuantile(sketchOfValues(values), q)).toBeCloseTo(Math.min(reference.getValueAtQuantile(q), Math.fround(Math.max(...values))), 9);
      }),
    );
  });

  it('is within two percent of the exact quantile', () => {
    const values = Array.from({ length: 1001 }, (_, index) => 1000 + index);

    for (const q of [0, 0.5, 0.95, 0.99, 1]) expect(Math.abs(sketchQuantile(sketchOfValues(values), q) - (1000 + 1000 * q))).toBeLessThanOrEqual(0.02 * 2000);
  });

  it('finds the median absolute deviation', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 10, max: 20, noNaN: true }), { minLength: 5, maxLength: 99 }), (values) => {
        const odd = values.length % 2 === 1 ? values : values.slice(1);

        expect(Math.abs(sketchMad(sketchOfValues(odd)) - medianAbsoluteDeviation(odd))).toBeLessThan(0.04 * 20 * 2);
        expect(Math.abs(sketchLogScale(sketchOfValues(odd)).median - Math.log1p(median(odd)))).toBeLessThan(0.021);
      }),
    );
  });

  it('is the same in whatever order it is merged', () => {
    fc.assert(fc.property(durations, durations, (left, right) => expect(bytesOf(mergeSketches(sketchOfValues(left), sketchOfValues(right)))).toEqual(bytesOf(sketchOfValues([...right, ...left])))));
  });

  it('stays bounded and finite for anything', () => {
    fc.assert(
      fc.property(anything, (values) => {
        const sketch = sketchOfValues(values);

        expect(sketch.keys.length).toBeLessThanOrEqual(maxSketchBins);
        expect(sketch.count).toBe(values.length);
        expect([0, 0.5, 1].map((q) => Number.isNaN(sketchQuantile(sketch, q)))).toEqual([false, false, false]);
      }),
    );
  });

  it('comes back from bytes as it was', () => {
    fc.assert(
      fc.property(anything, (values) => {
        const bytes = bytesOf(sketchOfValues(values));

        expect(bytesOf(readSketch(new ByteReader(bytes)))).toEqual(bytes);
      }),
    );
  });

  it('refuses bytes that end early', () => {
    expect(() => readSketch(new ByteReader(bytesOf(sketchOfValues([1, 2, 3])).subarray(0, 5)))).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
  });
});

describe('decaying sketch', () => {
  const limits = { values: 10, ageMs: 1000, fewestValues: 3 };
  const fed = (values: readonly number[], stepMs: number) => values.reduce((sketch, value, index) => addToDecaying(sketch, value, index * stepMs, limits), emptyDecayingSketch);

  it('forgets what is more than two windows old', () => {
    const sketch = sketchOf(fed([...Array.from({ length: 50 }, () => 1), ...Array.from({ length: 25 }, () => 100)], 1));

    expect(sketchQuantile(sketch, 0)).toBeGreaterThan(90);
  });

  it('forgets by time where values are rare', () => {
    expect(sketchOf(fed([1, 1, 1, 1, 100, 100, 100, 100], 400)).count).toBeLessThan(8);
  });

  it('comes back from bytes as it was', () => {
    const writer = new ByteWriter();
    const sketch = fed([5, 6, 7, 8, 9, 5, 6, 7, 8, 9, 10, 11], 1);
    writeDecaying(writer, sketch);

    expect(readDecaying(new ByteReader(writer.bytes()))).toEqual(sketch);
  });
});
