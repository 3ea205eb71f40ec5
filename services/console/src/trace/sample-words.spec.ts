import { describe, expect, it } from '@jest/globals';
import type { Sample } from '../api/wire-shapes.js';
import { latestSamples, sampleName, sampleText } from './sample-words.js';

const sample = (name: string, value: number, more: Partial<Sample> = {}): Sample => ({ task_id: null, name, unit: null, kind: 'gauge', value, occurred_at: '2026-11-20T10:00:00Z', ...more });

describe('sampleText', () => {
  it.each([
    [1_048_576, 'By', '1.0 MiB'],
    [1.5, 's', '1.50 s'],
    [0.25, 'USD', '$0.25'],
    [1200, '{token}', '1,200 token'],
    [0.123456, null, '0.1235'],
    [3, '1', '3'],
  ])('writes %p in %p as %p', (value, unit, text) => {
    expect(sampleText(sample('x', value, { unit }))).toBe(text);
  });
});

describe('sampleName', () => {
  it('leaves the unit to the value', () => {
    expect(['peak_memory_bytes', 'cpu_seconds', 'input_tokens'].map((name) => sampleName(sample(name, 1)))).toEqual(['peak memory', 'cpu', 'input tokens']);
  });
});

describe('latestSamples', () => {
  it('takes the latest of a gauge and adds up sums', () => {
    const samples = [
      sample('memory', 5, { occurred_at: '2026-11-20T10:00:09Z' }),
      sample('memory', 9, { occurred_at: '2026-11-20T10:00:01Z' }),
      sample('tokens', 2, { kind: 'sum' }),
      sample('tokens', 3, { kind: 'sum' }),
    ];
    expect(latestSamples(samples).map(({ name, value }) => [name, value])).toEqual([
      ['memory', 5],
      ['tokens', 5],
    ]);
  });
});
