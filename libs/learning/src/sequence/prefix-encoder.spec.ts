import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fitPrefixEncoding, PrefixEncoder } from './prefix-encoder.js';
import type { SequenceEvent } from './sequence.js';

const hourMs = 3_600_000;
// 2024-01-01, a Monday, 12:00 UTC.
const noonMs = 1_704_110_400_000;
const event = (symbol: string, hours: number, attributes: SequenceEvent['attributes'] = {}): SequenceEvent => ({ symbol, atMs: noonMs + hours * hourMs, attributes });
const training = [
  { id: '1', events: [event('build', 0, { user: 'ann', alias: 'build', size: 3 }), event('test', 1, { user: 'bob', alias: 'test', size: 4 })] },
  { id: '2', events: [event('build', 0, { user: 'ann', alias: 'build', size: 5 }), event('test', 1, { user: 'ann', alias: 'test' }), event('build', 2, { alias: 'build' })] },
];
const encoder = new PrefixEncoder(fitPrefixEncoding(training, 2));
const named = (events: readonly SequenceEvent[]) => Object.fromEntries(Array.from(encoder.encode(events), (value, index) => [encoder.featureNames[index], value]));

describe('a prefix as numbers', () => {
  it('holds the last tasks, what came before, and when', () => {
    expect(named([event('build', 0), event('test', 1)])).toMatchObject({
      ...{ 'last task': 1, 'task 1 before the last': 0, 'count of build': 1, 'count of test': 1, 'steps since build': 1, 'steps since test': 0 },
      ...{ position: 1, 'distinct tasks': 2, 'hour (UTC)': 13, 'weekday (UTC)': 1 },
      'time since the beginning': Math.fround(Math.log1p(3600)),
    });
  });

  it('keeps the last known value of an attribute and how it changed', () => {
    const events = [event('build', 0, { user: 'ann', size: 3 }), event('build', 1, { user: 'bob' }), event('build', 2)];

    expect(named(events)).toMatchObject({ user: 1, 'user before': 0, 'changes of user': 1, 'distinct user': 2, size: 3, 'changes of size': 0 });
  });

  it('drops an attribute that is the task under another name', () => {
    expect(encoder.encoding.attributes.map(({ name }) => name)).toEqual(['user', 'size']);
  });

  it('says unknown of tasks, values and times that it does not know', () => {
    expect(named([{ symbol: 'new', atMs: Number.NaN, attributes: { user: 'eve' } }])).toMatchObject({ 'last task': Number.NaN, 'time since the beginning': Number.NaN, user: 2, size: Number.NaN });
    expect(encoder.classOf('new')).toBeUndefined();
    expect(encoder.classOf(undefined)).toBe(2);
  });

  it('never depends on what comes later', () => {
    const events = fc.array(
      fc.record({
        symbol: fc.constantFrom('build', 'test', 'new'),
        atMs: fc.integer({ min: 0, max: 1e9 }),
        attributes: fc.dictionary(fc.constantFrom('user', 'size'), fc.constantFrom<string | number>('ann', 'eve', 7)),
      }),
      { minLength: 1, maxLength: 10 },
    );
    fc.assert(
      fc.property(events, (sequence) => {
        const all = encoder.encodeAll(sequence);
        const width = encoder.featureNames.length;

        sequence.forEach((_, at) => expect(all.slice(at * width, (at + 1) * width)).toEqual(encoder.encode(sequence.slice(0, at + 1))));
      }),
    );
  });
});
