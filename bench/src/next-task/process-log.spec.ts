import { describe, expect, it } from '@jest/globals';
import { partsByTime, partsOf } from './process-log.js';

const sequences = ['10', '9', '8', '7', '6', '5', '4', '3', '2', '1'].map((id, index) => ({ id, events: [{ symbol: 'a', atMs: 100 - index, attributes: {} }] }));
const ids = (part: readonly { readonly id: string }[]) => part.map(({ id }) => id);

describe('the published folds', () => {
  it('validate on the last fifth of the other cases, by their ids as text', () => {
    const folds = new Map(sequences.map(({ id }, index) => [id, index % 2]));
    const parts = partsOf(sequences, folds, 1);

    expect(ids(parts.training)).toEqual(['10', '2', '4', '6']);
    expect(ids(parts.validation)).toEqual(['8']);
    expect(ids(parts.test)).toEqual(['9', '7', '5', '3', '1']);
  });
});

describe('the split by time', () => {
  it('tests on the cases that began last', () => {
    const parts = partsByTime(sequences);

    expect(ids(parts.training)).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(ids(parts.validation)).toEqual(['7', '8']);
    expect(ids(parts.test)).toEqual(['9', '10']);
  });
});
