import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BackOffNgram } from './back-off-ngram.js';

const observed = (sequences: readonly (readonly string[])[], options = {}) => {
  const model = new BackOffNgram(options);
  for (const sequence of sequences) model.observe(sequence);
  return model;
};
const sequences = fc.array(fc.array(fc.constantFrom('build', 'test', 'deploy', 'notify'), { maxLength: 8 }), { minLength: 1, maxLength: 20 });

describe('back-off n-gram', () => {
  it('tells what came after the same tasks, and how often it saw them', () => {
    const model = observed([
      ['build', 'test', 'deploy'],
      ['build', 'test', 'deploy'],
      ['build', 'lint', 'test'],
    ]);

    expect(model.predict(['build', 'test'])).toMatchObject({ level: 3, count: 2, distribution: [{ symbol: 'deploy' }, expect.anything(), expect.anything(), expect.anything(), expect.anything()] });
    expect(model.predict(['build', 'lint', 'test']).distribution[0]?.symbol).toBeNull();
  });

  it('falls back to shorter contexts for what it has not seen', () => {
    const model = observed([
      ['build', 'test'],
      ['build', 'test'],
    ]);

    expect(model.predict(['clean', 'build'])).toMatchObject({ level: 1, count: 2 });
    expect(model.predict(['clean', 'build']).distribution[0]?.symbol).toBe('test');
    expect(model.predict(['clean'])).toMatchObject({ level: 0, count: 6 });
  });

  it('asks a context only once it was seen often enough', () => {
    const model = observed([['build', 'test'], ['build', 'test'], ['lint', 'test']], { minCount: 2 });

    expect(model.predict(['build']).level).toBe(2);
    expect(model.predict(['lint']).level).toBe(0);
  });

  it('smooths as Witten and Bell do', () => {
    // Before "b": nothing, the beginning, or "a". P(b) = 1/3 over all three; after "a" b was seen once of one symbol: (1 * 1 + 1 * 1/3) / 2.
    const model = observed([['a', 'b']], { order: 1 });
    const probability = model.predict(['a']).distribution.find(({ symbol }) => symbol === 'b')?.probability;

    expect(probability).toBeCloseTo(2 / 3, 12);
  });

  it('knows nothing before it has seen anything', () => {
    expect(new BackOffNgram().predict(['build'])).toEqual({ distribution: [], level: 0, count: 0 });
  });

  it('gives probabilities that add up to 1, most likely first', () => {
    fc.assert(
      fc.property(sequences, fc.array(fc.constantFrom('build', 'test', 'unseen')), (history, prefix) => {
        const values = observed(history).predict(prefix).distribution.map(({ probability }) => probability);

        expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 10);
        expect(values).toEqual([...values].sort((one, other) => other - one));
      }),
    );
  });

  it('takes no more contexts in than it may keep', () => {
    const model = observed([['a', 'b', 'c', 'd', 'e']], { maxContexts: 2 });

    expect(model.predict(['a', 'b']).level).toBe(1);
  });

  it('comes back from bytes and learns on', () => {
    fc.assert(
      fc.property(sequences, sequences, (before, after) => {
        const kept = observed(before);
        const restored = BackOffNgram.decode(kept.encode());
        for (const sequence of after) {
          kept.observe(sequence);
          restored.observe(sequence);
        }

        expect(restored.encode()).toEqual(kept.encode());
        expect(restored.predict(['build'])).toEqual(kept.predict(['build']));
      }),
    );
  });

  it('refuses bytes that are cut and options out of range', () => {
    const bytes = observed([['build', 'test']]).encode();

    for (let length = 0; length < bytes.length; length++) expect(() => BackOffNgram.decode(bytes.subarray(0, length))).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
    expect(() => new BackOffNgram({ order: 17 })).toThrow('order 0 to 16');
  });
});
