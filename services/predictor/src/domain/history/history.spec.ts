import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeHistory, encodeHistory } from './history-codec.js';
import { historyFor, hasDuration, hasResult } from './history-chain.js';
import { emptyHistory, hashOf, historyLength, knownAt, remember, type History, type HistoryPoint } from './history.js';

const point = (finishedAtMs: number, changes: Partial<HistoryPoint> = {}): HistoryPoint => ({
  ...{ startedAtMs: finishedAtMs - 1000, finishedAtMs, durationMs: 1000, inputSizeBytes: null, peakMemoryBytes: null, allocatedBytes: null, outcome: 'success', isOutOfMemory: false },
  ...{ attempt: 1, revision: 0, refName: 0, trigger: 0, errors: [0.5, NaN, 0.25, 0, 0, 0] },
  ...changes,
});
const historyOf = (points: readonly HistoryPoint[]): History => points.reduce(remember, emptyHistory);

const anyPoint = fc
  .record({
    finishedAtMs: fc.integer({ min: 0, max: 2 ** 42 }),
    durationMs: fc.option(fc.float({ min: 0, noNaN: true, noDefaultInfinity: true })),
    inputSizeBytes: fc.option(fc.float({ min: 0, noNaN: true, noDefaultInfinity: true })),
    outcome: fc.constantFrom('success', 'failure', 'error', 'timeout', 'cancellation', 'skip', 'unknown'),
    isOutOfMemory: fc.boolean(),
    revision: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  })
  .map(({ finishedAtMs, ...changes }) => point(finishedAtMs, changes as Partial<HistoryPoint>));

describe('a history', () => {
  it('keeps the last executions, and counts them all', () => {
    const history = historyOf(Array.from({ length: historyLength + 10 }, (_, index) => point(index)));

    expect(history.count).toBe(historyLength + 10);
    expect(history.points.map(({ finishedAtMs }) => finishedAtMs)).toEqual(Array.from({ length: historyLength }, (_, index) => index + 10));
  });

  it('knows at a moment what had ended by then, whatever order the log told it in', () => {
    const history = historyOf([point(500), point(100), point(300)]);

    expect(knownAt(history, 300).points.map(({ finishedAtMs }) => finishedAtMs)).toEqual([100, 300]);
    expect(knownAt(history, 300).count).toBe(2);
    expect(knownAt(history, 99)).toEqual(emptyHistory);
  });

  it('comes back from its bytes as it was, and equal ones have equal bytes', () => {
    fc.assert(
      fc.property(fc.array(anyPoint, { maxLength: 70 }), (points) => {
        const history = historyOf(points);

        expect(decodeHistory(encodeHistory(history))).toEqual(history);
        expect(encodeHistory(decodeHistory(encodeHistory(history)))).toEqual(encodeHistory(history));
      }),
    );
  });

  it('refuses bytes that are cut, longer, or of another version', () => {
    const bytes = encodeHistory(historyOf([point(1), point(2)]));

    for (const damaged of [bytes.slice(0, -1), new Uint8Array([...bytes, 0]), new Uint8Array([9, ...bytes.slice(1)])]) {
      expect(() => decodeHistory(damaged)).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
    }
  });
});

describe('the history to predict from', () => {
  const few = { level: 0 as const, history: historyOf([point(1), point(2)]) };
  const many = { level: 3 as const, history: historyOf([point(1), point(2), point(3), point(4)]) };

  it('is the finest that has enough', () => {
    expect(historyFor([many, { ...few, level: 4 }], hasDuration)?.level).toBe(3);
    expect(historyFor([few, many], hasDuration)?.level).toBe(3);
  });

  it('is the finest that has the most where none has enough, and none where there is nothing of use', () => {
    expect(historyFor([few, { ...few, level: 3 }], hasDuration)?.level).toBe(0);
    expect(historyFor([{ level: 0, history: historyOf([point(1, { outcome: 'failure' })]) }], hasDuration)).toBeNull();
    expect(historyFor([{ level: 0, history: historyOf([point(1, { outcome: 'cancellation' })]) }], hasResult)).toBeNull();
  });
});

describe('the hash of a text', () => {
  it('is 0 for none and something else for any', () => {
    expect(hashOf('')).toBe(0);
    fc.assert(fc.property(fc.string({ minLength: 1 }), (text) => hashOf(text) > 0 && hashOf(text) < 2 ** 32));
  });
});
