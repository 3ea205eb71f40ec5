import { describe, expect, it } from '@jest/globals';
import { checkData } from './network-data.js';
import { fitScaling, scaledLimit, scaledRow, unscaled } from './scaling.js';
import { classifierOf, fitSequenceEncoding, SequenceEncoder, sequenceEnd, type StepSequence } from './sequence-rows.js';

const step = (task: string, who: string, size: number) => ({ words: [task, who], numerics: [size] });
const sequences: StepSequence[] = [
  [step('build', 'ann', 1), step('test', 'bob', 3)],
  [step('build', 'ann', 1), step('deploy', 'cy', 3)],
];
const limits = { stepCount: 2, leastOccurrences: 2, vocabularyLimit: 10 };

describe('rows of sequences', () => {
  it('hold every beginning, filled up in front, with what came next', () => {
    const encoding = fitSequenceEncoding(sequences, limits);
    const rows = new SequenceEncoder(encoding).rows(sequences);

    expect(encoding).toEqual({ stepCount: 2, vocabularies: [['build'], ['ann']], classes: [sequenceEnd, 'build', 'deploy', 'test'], scaling: { means: [2], deviations: [1] } });
    // 0 fills up, 1 is any rare word, 2 the first known one.
    expect(Array.from(rows.inputs.tokens!)).toEqual([0, 0, 2, 2, 2, 2, 1, 1, 0, 0, 2, 2, 2, 2, 1, 1]);
    expect(Array.from(rows.inputs.mask!)).toEqual([0, 1, 1, 1, 0, 1, 1, 1]);
    expect(Array.from(rows.inputs.numerics!)).toEqual([0, -1, -1, 1, 0, -1, -1, 1]);
    expect(Array.from(rows.targets)).toEqual([3, 0, 2, 0]);
    checkData(classifierOf(encoding, { cell: 'gru', unitCount: 4, pooling: 'attention', embeddingLimit: 8 }), rows);
  });

  it('keep the newest steps of a long one and leave out what never came before', () => {
    const encoder = new SequenceEncoder(fitSequenceEncoding(sequences, limits));
    const rows = encoder.rows([[step('build', 'ann', 1), step('build', 'ann', 1), step('test', 'ann', 1), step('sing', 'ann', 1)]]);

    expect(Array.from(rows.targets)).toEqual([1, 3, 0]);
    expect(Array.from(rows.inputs.tokens!.slice(4, 8))).toEqual([2, 2, 2, 2]);
  });

  it('need steps of one form', () => {
    for (const wrong of [[], [[]], [[{ words: [], numerics: [] }]], [[step('a', 'b', 1), { words: ['a'], numerics: [1] }]], [[step('a', 'b', 1), { words: ['a', 'b'], numerics: [] }]]]) {
      expect(() => fitSequenceEncoding(wrong, limits)).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
    }
  });
});

describe('scaling', () => {
  it('brings columns to mean 0 and deviation 1, and back', () => {
    const rows = [
      [1, 5, Number.NaN],
      [3, 5, 4],
    ];
    const scaling = fitScaling(rows);

    expect(scaling).toEqual({ means: [2, 5, 4], deviations: [1, 1, 1] });
    expect(scaledRow(scaling, [4, 5, Number.NaN])).toEqual([2, 0, 0]);
    expect(scaledRow(scaling, [1e9, 5, 4])[0]).toBe(scaledLimit);
    expect(unscaled(scaling, 2, 0)).toBe(4);
    expect(() => scaledRow(scaling, [1])).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
    expect(fitScaling([])).toEqual({ means: [], deviations: [] });
  });
});
