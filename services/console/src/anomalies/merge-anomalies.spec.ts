import { describe, expect, it } from '@jest/globals';
import { anAnomaly } from '../testing/anomaly-builder.js';
import { atSecond } from '../testing/task-builder.js';
import { mergeAnomalies, withAnomaly } from './merge-anomalies.js';

const at = (id: string, second: number, count = 1) => anAnomaly(id, { last_detected_at: atSecond(second), count });
const ids = (anomalies: readonly { readonly anomaly_id: string }[]): string[] => anomalies.map(({ anomaly_id: id }) => id);
const none: ReadonlySet<string> = new Set();

describe('mergeAnomalies', () => {
  it('puts what is new first and renews what is known', () => {
    const merged = mergeAnomalies([at('b', 20), at('a', 10)], [at('c', 30), at('b', 20, 7)], { kept: none, isWhole: false });
    expect(ids(merged)).toEqual(['c', 'b', 'a']);
    expect(merged[1]?.count).toBe(7);
  });

  it('drops what is no longer there', () => {
    expect(ids(mergeAnomalies([at('c', 30), at('b', 20), at('a', 10)], [at('c', 30), at('a', 10)], { kept: none, isWhole: false }))).toEqual(['c', 'a']);
    expect(mergeAnomalies([at('a', 10)], [], { kept: none, isWhole: true })).toEqual([]);
    expect(ids(mergeAnomalies([at('b', 20), at('a', 10)], [at('b', 20)], { kept: none, isWhole: true }))).toEqual(['b']);
  });

  it('leaves in its place what the reader has just dealt with', () => {
    expect(ids(mergeAnomalies([at('c', 30), at('b', 20), at('a', 10)], [at('c', 30), at('a', 10)], { kept: new Set(['b']), isWhole: true }))).toEqual(['c', 'b', 'a']);
  });
});

describe('withAnomaly', () => {
  it('changes one and leaves the others', () => {
    expect(withAnomaly([at('b', 2), at('a', 1)], at('a', 1, 5)).map(({ count }) => count)).toEqual([1, 5]);
  });
});
