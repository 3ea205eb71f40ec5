import { describe, expect, it } from '@jest/globals';
import { BackOffNgram } from '@orrery/learning';
import fc from 'fast-check';
import { adviseNext } from './advise-next.js';
import { annotationLabels, marksOn, modeOn, type MarkedTransition } from './guidance.js';
import { predictNext, type NextTaskQuestion } from './predict-next.js';
import { emptyLengths, endShareOf, learnLength } from './run-lengths.js';

function learned(...sequences: readonly (readonly string[])[]): BackOffNgram {
  const ngram = new BackOffNgram();
  for (const sequence of sequences) ngram.observe(sequence);
  return ngram;
}

const usual = learned(...Array.from({ length: 9 }, () => ['build', 'test']), ['build', 'deploy']);
const ask = (given: Partial<NextTaskQuestion> = {}) => predictNext({ ngram: usual, model: null, prefix: ['build'], endShare: null, annotations: [], ...given });
const mark = (fromTask: string, toTask: string, label: 'good' | 'bad'): MarkedTransition => ({ fromTask, toTask, label });

describe('the next task', () => {
  it('is what usually came next', () => {
    const { candidates, expected, basis } = ask();

    expect(candidates[0]).toMatchObject({ task: 'test', annotation: '' });
    expect(candidates[0]?.probability).toBeGreaterThan(0.7);
    expect(expected?.task).toBe('test');
    expect(basis).toMatchObject({ model: 'n_gram', version: 0 });
  });

  it('is never a transition marked as bad while there is another, and is scored as it was learned', () => {
    const { candidates, expected } = ask({ annotations: [mark('build', 'test', 'bad')] });

    expect(candidates[0]?.annotation).toBe('');
    expect(candidates.at(-1)).toMatchObject({ task: 'test', annotation: 'bad', probability: 0 });
    expect(expected).toMatchObject({ task: 'test' });
    expect(expected?.learnedProbability).toBeGreaterThan(0.7);
  });

  it('is rather one marked as good', () => {
    const even = learned(['build', 'test'], ['build', 'test'], ['build', 'deploy']);

    expect(ask({ ngram: even }).candidates[0]?.task).toBe('test');
    expect(ask({ ngram: even, annotations: [mark('build', 'deploy', 'good')] }).candidates[0]).toMatchObject({ task: 'deploy', annotation: 'good' });
    expect(ask({ ngram: even, annotations: [mark('test', 'deploy', 'good')] }).candidates[0]?.task).toBe('test');
  });

  it('is the end of the run as often as runs of that length ended', () => {
    const { candidates } = ask({ endShare: 0.6 });

    expect(candidates[0]).toMatchObject({ task: '' });
    expect(candidates[0]?.probability).toBeCloseTo(0.6, 9);
  });

  it('comes from a trained model where there is one that knows', () => {
    const model = { version: 3, form: 'network' as const, predict: (prefix: readonly string[]) => (prefix[0] === 'build' ? [{ symbol: 'deploy', probability: 0.7 }, { symbol: null, probability: 0.3 }] : []) };

    expect(ask({ model })).toMatchObject({ expected: { task: 'deploy', learnedProbability: 0.7 }, basis: { model: 'network', version: 3 } });
    expect(ask({ model, prefix: ['test'] }).basis.model).toBe('n_gram');
  });

  it('is not known where nothing was learned', () => {
    expect(ask({ ngram: learned() })).toMatchObject({ candidates: [], expected: null, basis: { model: 'none' } });
    expect(ask({ ngram: learned(), endShare: 0 }).candidates).toEqual([]);
  });

  it('has probabilities that sum to one, guided and learned', () => {
    const names = ['a', 'b', 'c'];
    const marks = fc.array(fc.record({ fromTask: fc.constantFrom('', ...names), toTask: fc.constantFrom('', ...names), label: fc.constantFrom(...annotationLabels) }));

    fc.assert(
      fc.property(fc.array(fc.array(fc.constantFrom(...names), { maxLength: 6 }), { minLength: 1, maxLength: 6 }), fc.array(fc.constantFrom(...names, 'new')), marks, fc.option(fc.double({ min: 0, max: 1, noNaN: true })), (sequences, prefix, annotations, endShare) => {
        const { candidates } = ask({ ngram: learned(...sequences), prefix, annotations, endShare });
        if (candidates.length === 0) return;

        expect(candidates.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 9);
        expect(candidates.reduce((sum, { learnedProbability }) => sum + learnedProbability, 0)).toBeCloseTo(1, 9);
        if (candidates.some(({ annotation }) => annotation !== 'bad')) expect(candidates[0]?.annotation).not.toBe('bad');
      }),
    );
  });
});

describe('how long runs are', () => {
  it('says when the end is near', () => {
    const lengths = Array.from({ length: 10 }).reduce<typeof emptyLengths>((known) => learnLength(known, 3), emptyLengths);

    expect(endShareOf(emptyLengths, 3)).toBe(0);
    expect(endShareOf(lengths, 1)).toBe(0);
    expect(endShareOf(lengths, 3)).toBeGreaterThan(0.9);
    expect(endShareOf(lengths, 4)).toBe(0.5);
    expect(endShareOf(learnLength(lengths, 6), 3)).toBeLessThan(endShareOf(lengths, 3));
    expect(learnLength(lengths, 0)).toEqual(lengths);
  });

  it('stays small', () => {
    const lengths = Array.from({ length: 1000 }, (_, index) => index + 1).reduce<typeof emptyLengths>(learnLength, emptyLengths);

    expect(lengths.weights.length).toBeLessThanOrEqual(200);
    expect(JSON.parse(JSON.stringify(lengths))).toEqual(lengths);
  });
});

describe('advice', () => {
  it('is given when asked for, and decides only in the mode for it', () => {
    const { candidates } = ask();

    expect(adviseNext('off', candidates, 'build')).toEqual({ advice: null, decision: null });
    expect(adviseNext('shadow', candidates, 'build')).toEqual({ advice: null, decision: null });
    expect(adviseNext('advise', candidates, 'build')).toEqual({ advice: expect.stringMatching(/^test is expected next after build \(\d+ %\)\.$/), decision: null });
    expect(adviseNext('decide', candidates, 'build').decision).toBe('test');
    expect(adviseNext('decide', [], 'build')).toEqual({ advice: null, decision: null });
  });

  it('names what is usual but bad, and never decides for what is', () => {
    const onlyBad = ask({ annotations: ['build', 'test', 'deploy', ''].map((to) => mark('build', to, 'bad')) });

    expect(adviseNext('advise', ask({ annotations: [mark('build', 'test', 'bad')] }).candidates, 'build').advice).toContain('Usual but marked as bad: test.');
    expect(adviseNext('decide', onlyBad.candidates, 'build')).toEqual({ advice: expect.stringContaining('Stop and look'), decision: null });
  });

  it('leaves it to people when all that is usual is bad', () => {
    const rare = ask({ ngram: learned(['build', 'test'], ['build', 'test'], ['build', 'test']), annotations: [mark('build', 'test', 'bad')] });

    expect(adviseNext('decide', rare.candidates, 'build')).toMatchObject({ advice: expect.stringContaining('Usual but marked as bad: test.'), decision: null });
  });

  it('does not decide what is less likely than not', () => {
    const even = learned(['a', 'b'], ['a', 'c'], ['a', 'd']);

    expect(adviseNext('decide', ask({ ngram: even, prefix: ['a'] }).candidates, 'a').decision).toBeNull();
  });
});

describe('settings of a branch', () => {
  it('are its own, else those of all branches, else shadow', () => {
    const modes = [{ branch: '', mode: 'advise' }, { branch: 'main', mode: 'decide' }] as const;

    expect(modeOn([], 'main')).toBe('shadow');
    expect(modeOn(modes, 'main')).toBe('decide');
    expect(modeOn(modes, 'refs/heads/main')).toBe('decide');
    expect(modeOn(modes, 'other')).toBe('advise');
  });

  it('hold transition by transition for marks', () => {
    const marks = [{ ...mark('a', 'b', 'bad'), branch: '' }, { ...mark('a', 'b', 'good'), branch: 'main' }, { ...mark('a', 'c', 'bad'), branch: '' }, { ...mark('a', 'd', 'bad'), branch: 'other' }];

    expect(marksOn(marks, 'main').map(({ toTask, label }) => [toTask, label])).toEqual([['b', 'good'], ['c', 'bad']]);
  });
});
