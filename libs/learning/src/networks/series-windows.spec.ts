import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkData } from './network-data.js';
import { absolute, contextCount, forecasterOf, historyLength, relative, windowData, windowInputs, windowScale, windowsOf, type RegularSeries, type WindowShape } from './series-windows.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const shape: WindowShape = { stepCount: 3, horizon: 2, seasonLength: 4, calendarMs: [dayMs] };
const series: RegularSeries = { startMs: 0, stepMs: hourMs, values: [1, 2, 4, 8, 4, 2, 1, 3, 5, 7] };
const all = { from: 0, to: series.values.length, stride: 1 };

describe('windows of a series', () => {
  it('hold the values relative to the last one, the season and the time of day, and what came', () => {
    const [first] = windowsOf(series, shape, all);

    // The history is 1, 2, 4, 8: on average 4.25 from its last value.
    expect(first).toMatchObject({ end: 4, scale: { last: 8, unit: 17 / 4 } });
    const data = windowData([first!], shape);
    const unit = 17 / 4;
    expect(data.inputs.steps).toEqual(Float32Array.of(-6 / unit, -4 / unit, 0));
    expect(data.inputs.context).toEqual(Float32Array.of(Math.sin(Math.PI / 3), Math.cos(Math.PI / 3), -7 / unit, -6 / unit));
    expect(data.targets).toEqual(Float32Array.of(-4 / unit, -6 / unit));
    checkData(forecasterOf(shape, { cell: 'gru', unitCount: 4, quantiles: [0.5] }), data);
  });

  it('end before the part that is not to be seen, and are every n-th on demand', () => {
    expect(windowsOf(series, shape, all).map(({ end }) => end)).toEqual([4, 5, 6, 7, 8]);
    expect(windowsOf(series, shape, { from: 6, to: 9, stride: 1 }).map(({ end }) => end)).toEqual([6, 7]);
    expect(windowsOf(series, shape, { ...all, stride: 2 }).map(({ end }) => end)).toEqual([4, 6, 8]);
  });

  it('are left out where the history has a gap or does not vary; a gap in what came is not known', () => {
    const values = [1, 2, Number.NaN, 4, 5, 6, 7, Number.NaN, 9, 9, 9, 9, 9, 9];
    const windows = windowsOf({ ...series, values }, shape, { ...all, to: values.length });

    expect(windows.map(({ end }) => end)).toEqual([7]);
    expect(windowData(windows, shape).targets).toEqual(Float32Array.of(Number.NaN, relative(9, windows[0]!.scale)));
    expect(windowScale(values, 12, shape)).toBeNull();
  });

  it('never look at what comes after the moment of forecast', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 12, maxLength: 30 }), fc.double({ min: -1e6, max: 1e6, noNaN: true }), (values, other) => {
        const scaleOf = (one: readonly number[]) => windowScale(one, 8, shape);
        const changed = values.map((value, index) => (index < 8 ? value : other));
        const scale = scaleOf(values);

        expect(scaleOf(changed)).toEqual(scale);
        if (scale !== null) expect(windowInputs([{ series: { ...series, values: changed }, end: 8, scale }], shape)).toEqual(windowInputs([{ series: { ...series, values }, end: 8, scale }], shape));
      }),
    );
  });

  it('look the same for a series in another unit and from another zero', () => {
    const [first] = windowsOf(series, shape, all);
    const [other] = windowsOf({ ...series, values: Array.from(series.values, (value) => 1000 + 64 * value) }, shape, all);

    expect(windowData([other!], shape)).toEqual(windowData([first!], shape));
    expect(absolute(relative(5, first!.scale), first!.scale)).toBeCloseTo(5, 12);
  });

  it('are as long as their season, and shapes that do not fit are refused', () => {
    expect([historyLength(shape), contextCount(shape)]).toEqual([4, 4]);
    expect([historyLength({ ...shape, seasonLength: 0 }), contextCount({ ...shape, seasonLength: 0, calendarMs: [] })]).toEqual([3, 0]);
    for (const wrong of [{ horizon: 0 }, { stepCount: 1.5 }, { seasonLength: 1 }]) expect(() => windowsOf(series, { ...shape, ...wrong }, all)).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
  });
});
