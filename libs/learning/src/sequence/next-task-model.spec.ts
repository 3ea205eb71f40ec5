import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@orrery/stats';
import { NextTaskModel } from './next-task-model.js';
import type { Sequence, SequenceEvent } from './sequence.js';

/** Deploys follow tests on the main branch only: the tasks alone do not tell. */
function runs(count: number, seed: number): readonly Sequence[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const branch = random.next() < 0.5 ? 'main' : 'topic';
    const tasks = ['build', ...(random.next() < 0.5 ? ['lint'] : []), 'test', ...(branch === 'main' ? ['deploy'] : [])];
    return { id: String(index), events: tasks.map((symbol, at) => event(symbol, index * 60 + at, branch)) };
  });
}

const event = (symbol: string, minute: number, branch: string): SequenceEvent => ({ symbol, atMs: 1_700_000_000_000 + minute * 60_000, attributes: { branch } });
const parts = { training: runs(120, 1), validation: runs(40, 2), seed: 1 };
const model = NextTaskModel.fit(parts);
const after = (branch: string) => model.predict([event('build', 0, branch), event('test', 1, branch)]);

describe('next-task model', () => {
  it('foretells from what is known of the run where its tasks alone do not tell', () => {
    expect(after('main')[0]?.symbol).toBe('deploy');
    expect(after('topic')[0]?.symbol).toBeNull();
    expect(model.choice.accuracy.boosting).toBeGreaterThan(model.choice.accuracy.ngram);
  });

  it('gives probabilities of all tasks and of the end that add up to 1, most likely first', () => {
    const probabilities = after('main').map(({ probability }) => probability);

    expect(after('main').map(({ symbol }) => symbol)).toHaveLength(5);
    expect(probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9);
    expect(probabilities).toEqual([...probabilities].sort((one, other) => other - one));
  });

  it('says the same after each prefix as when it is asked once', () => {
    const events = runs(1, 3)[0]!.events;

    expect(model.predictEach(events)).toEqual(events.map((_, at) => model.predict(events.slice(0, at + 1))[0]?.symbol));
  });

  it('repeats itself for a seed, and comes back from bytes', () => {
    const bytes = model.encode();

    expect(NextTaskModel.fit(parts).encode()).toEqual(bytes);
    expect(NextTaskModel.decode(bytes).predict(runs(1, 3)[0]!.events)).toEqual(model.predict(runs(1, 3)[0]!.events));
  });

  it('answers for tasks that it has never seen', () => {
    expect(model.predict([event('migrate', 0, 'main')])).toHaveLength(5);
  });

  it('refuses bytes that are cut and parts without events', () => {
    const bytes = model.encode();
    const invalid = expect.objectContaining({ code: 'ORRERY_VALIDATION' });

    for (let length = 0; length < bytes.length; length += 97) expect(() => NextTaskModel.decode(bytes.subarray(0, length))).toThrow(invalid);
    expect(() => NextTaskModel.fit({ ...parts, validation: [] })).toThrow(invalid);
  });
});
