import { describe, expect, it } from '@jest/globals';
import type { TracedRun } from './lotaru-data.js';
import { lotaruPrediction, naivePrediction } from './peer-rules.js';

const runs = (pairs: readonly (readonly [number, number])[]): TracedRun[] => pairs.map(([sizeBytes, durationMs]) => ({ label: 'train-1', task: 'Align', sizeBytes, durationMs, busyCores: 1, ioBytesPerSecond: 0 }));
const machine = (taskSeconds: Record<string, number>) => ({ cpuScore: null, ioScore: null, taskSeconds });
const local = machine({ align: 10, sort: 10, merge: 10 });

describe("Lotaru's rule", () => {
  const line = runs([
    [10, 120],
    [20, 220],
    [30, 320],
  ]);

  it('scales a line by the probe of the task', () => {
    expect(lotaruPrediction(line, 100, local, machine({ align: 15, sort: 30 }))).toBeCloseTo(1530, 6);
  });

  it('takes the median of the other probes for a task without one, and no factor without any', () => {
    expect(lotaruPrediction(line, 100, local, machine({ sort: 30, merge: 20 }))).toBeCloseTo(2550, 6);
    expect(lotaruPrediction(line, 100, local, machine({}))).toBeCloseTo(1020, 6);
  });

  it('leaves the median of runs that do not grow with their input as it is', () => {
    expect(lotaruPrediction(runs([[10, 300], [20, 100], [30, 200]]), 100, local, machine({ align: 15 }))).toBe(200);
    expect(lotaruPrediction(runs([[10, 300], [10, 100]]), 100, local, machine({ align: 15 }))).toBe(200);
  });
});

describe('the naive mean', () => {
  it('is the mean duration a byte times the size', () => {
    expect(naivePrediction(runs([[10, 100], [10, 300]]), 5)).toBe(100);
  });
});
