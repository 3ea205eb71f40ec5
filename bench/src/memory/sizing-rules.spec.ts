import { describe, expect, it } from '@jest/globals';
import { interpolated, linear, ours, percentile, presets, tovar, type SizingRule } from './sizing-rules.js';
import { processesOf, type TracedExecution } from './sizey-data.js';
import { attemptsOf, wastageOf } from './wastage.js';

const execution = (peakBytes: number, other: Partial<TracedExecution> = {}): TracedExecution => ({ process: 'align', peakBytes, requestedBytes: 8e9, inputBytes: 1e9, durationMs: 3_600_000, ...other });
const taught = (rule: SizingRule, executions: readonly TracedExecution[]): SizingRule => {
  for (const one of executions) rule.learn(one, []);
  return rule;
};

describe('sizing rules', () => {
  it('take percentiles as numpy does: percentile([1, 2, 3, 4], 95) is 3.85', () => {
    expect(interpolated([4, 1, 3, 2], 0.95)).toBeCloseTo(3.85, 9);
  });

  it('ask for the preset, the 95th percentile, and the line plus a deviation of its errors', () => {
    const line = [1, 2, 3].map((size) => execution(size * 1e9, { inputBytes: size * 1e9 }));

    expect(presets().size(execution(1))).toBe(8e9);
    expect(taught(percentile(), [1e9, 2e9, 3e9, 4e9].map((peak) => execution(peak))).size(execution(1))).toBeCloseTo(3.85e9, 0);
    expect(taught(linear(), line).size(execution(1, { inputBytes: 5e9 }))).toBeCloseTo(5e9, 0);
  });

  it("follow Tovar's equation: the greatest peak again after a failure, then the whole machine", () => {
    const rule = taught(tovar(), [...new Array<number>(9).fill(1e9), 4e9].map((peak) => execution(peak)));

    expect(rule.size(execution(1))).toBe(1e9);
    expect(rule.resize(1e9, 1)).toBe(4e9);
    expect(rule.resize(4e9, 2)).toBe(128e9);
  });

  it('keep no more than their history, failures among it', () => {
    const rule = ours(8);
    for (let round = 0; round < 20; round++) rule.learn(execution(1e9), [0.5e9, 1.1e9]);

    expect(rule.size(execution(1))).toBeGreaterThanOrEqual(1e9);
    expect(rule.size(execution(1))).toBeLessThan(1.5e9);
  });
});

describe('wastage', () => {
  it('is the allocation of failed attempts and what the last one did not use, times duration', () => {
    const workflow = { name: 'one', processes: [new Array<number>(10).fill(0).map(() => execution(3e9))] };
    const fixed = (): SizingRule => ({ learn: () => undefined, size: () => 1e9, resize: (allocated) => allocated * 2 });

    expect(attemptsOf(execution(3e9), fixed())).toEqual([1e9, 2e9, 4e9]);
    expect(wastageOf(workflow, fixed, 1)).toEqual({ wastageGbH: 7 * 4, failures: 14, executions: 7 });
  });

  it('is equal for equal seeds', () => {
    const workflow = { name: 'one', processes: [Array.from({ length: 40 }, (_, index) => execution(1e9 + index * 1e7))] };

    expect(wastageOf(workflow, percentile, 3)).toEqual(wastageOf(workflow, percentile, 3));
    expect(wastageOf(workflow, percentile, 3)).not.toEqual(wastageOf(workflow, percentile, 4));
  });
});

describe('traced processes', () => {
  it('need 34 measured executions, none of them too short to be measured', () => {
    const rows = (process: string, count: number, realtime: number, rss: number): string => Array.from({ length: count }, () => `${process},${rss},4000,100,${realtime}`).join('\n');
    const csv = ['process,rss,memory,rchar,realtime', rows('kept', 34, 5, 10), rows('few', 33, 5, 10), rows('unmeasured', 40, 5, 0), rows('short', 34, 0, 10)].join('\n');

    expect(processesOf(csv).map((executions) => executions[0]?.process)).toEqual(['kept']);
  });
});
