import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { plainTemplate } from '../../testing/plain-template.js';
import { ArrivalGap } from './arrival-gap.js';
import { arrivalsOf } from './arrivals.js';
import type { Workload } from './workload.js';

const workload: Workload = { name: 'four', sizes: [[plainTemplate([{}]), plainTemplate([{}, {}])], [plainTemplate([{ taskCount: 2 }]), plainTemplate([{ taskCount: 9 }])]] };
const all = workload.sizes.flat();

describe('arrivals', () => {
  it('begin with those that are there, and come in order, the same for the same seed', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 30 }), (seed, initialJobs, laterJobs) => {
        const pattern = { initialJobs, laterJobs, meanGapMs: 1000 };
        const arrivals = arrivalsOf(workload, pattern, seed);
        expect(arrivals.map(({ atMs }) => atMs).slice(0, initialJobs)).toEqual(new Array(initialJobs).fill(0));
        expect(arrivals.map(({ atMs }) => atMs)).toEqual(arrivals.map(({ atMs }) => atMs).sort((one, other) => one - other));
        expect(arrivals.every(({ atMs, template }) => Number.isInteger(atMs) && all.includes(template))).toBe(true);
        expect(arrivals).toHaveLength(initialJobs + laterJobs);
        expect(arrivalsOf(workload, pattern, seed)).toEqual(arrivals);
      }),
    );
  });

  it('draw all jobs alike, with exponential gaps', () => {
    const arrivals = arrivalsOf(workload, { initialJobs: 0, laterJobs: 8000, meanGapMs: 1000 }, 100_000);
    for (const template of all) expect(arrivals.filter((one) => one.template === template).length / 8000).toBeCloseTo(0.25, 1);
    const gaps = arrivals.map(({ atMs }, index) => atMs - (arrivals[index - 1]?.atMs ?? 0));
    expect(gaps.reduce((sum, gap) => sum + gap, 0) / 8000 / 1000).toBeCloseTo(1, 1);
    // An exponential gap is shorter than its mean with probability 1 - 1/e.
    expect(gaps.filter((gap) => gap < 1000).length / 8000).toBeCloseTo(1 - 1 / Math.E, 1);
  });

  it('need a job to draw', () => {
    expect(() => arrivalsOf({ name: 'none', sizes: [[]] }, { initialJobs: 1, laterJobs: 0, meanGapMs: 0 }, 1)).toThrow('workload none has a size without jobs');
  });
});

describe('the arrival gap', () => {
  it('is unknown before the second arrival, and then the mean of the last sixteen', () => {
    const gap = new ArrivalGap();
    expect(gap.meanMs).toBe(Infinity);
    gap.add(0);
    expect(gap.meanMs).toBe(Infinity);
    gap.add(100);
    expect(gap.meanMs).toBe(100);
    for (let arrival = 1; arrival <= 16; arrival += 1) gap.add(100 + arrival * 10);
    expect(gap.meanMs).toBe(10);
    gap.reset();
    expect(gap.meanMs).toBe(Infinity);
  });
});
