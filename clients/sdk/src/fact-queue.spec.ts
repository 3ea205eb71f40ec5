import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FactQueue, type EncodedFact, type Lane } from './fact-queue.js';

function fact(name: string, sizeBytes = 1): EncodedFact {
  return { json: name, sizeBytes, createdAtMs: 0 };
}

const everything = { maxEvents: Infinity, maxBytes: Infinity };
const step = fc.record({ lane: fc.constantFrom<Lane>('structure', 'detail'), sizeBytes: fc.integer({ min: 1, max: 30 }), take: fc.boolean() });

describe('the queue', () => {
  it('gives facts back in the order in which they came, whatever their lane', () => {
    const queue = new FactQueue({ maxEvents: 10, maxBytes: 100 });
    queue.add(fact('run'), 'structure');
    queue.add(fact('log'), 'detail');
    queue.add(fact('task'), 'structure');

    expect(queue.take({ maxEvents: 2, maxBytes: 100 }).map(({ json }) => json)).toEqual(['run', 'log']);
    expect(queue.take(everything).map(({ json }) => json)).toEqual(['task']);
  });

  it('takes one fact that is larger than a batch by itself', () => {
    const queue = new FactQueue({ maxEvents: 10, maxBytes: 100 });
    queue.add(fact('large', 50), 'detail');
    queue.add(fact('small'), 'detail');

    expect(queue.take({ maxEvents: 5, maxBytes: 10 }).map(({ json }) => json)).toEqual(['large']);
  });

  it('when full, loses the oldest detail first and structure only when no detail is left', () => {
    const queue = new FactQueue({ maxEvents: 3, maxBytes: 100 });
    for (const [name, lane] of [['run', 'structure'], ['log 1', 'detail'], ['log 2', 'detail'], ['end 1', 'structure'], ['end 2', 'structure'], ['end 3', 'structure']] as const) queue.add(fact(name), lane);

    expect(queue.take(everything).map(({ json }) => json)).toEqual(['end 1', 'end 2', 'end 3']);
  });

  it('never holds more than its limits, and loses nothing uncounted', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const queue = new FactQueue({ maxEvents: 7, maxBytes: 60 });
        let [lost, taken] = [0, 0];
        for (const { lane, sizeBytes, take } of steps) {
          lost += queue.add(fact('x', sizeBytes), lane);
          if (take) taken += queue.take({ maxEvents: 2, maxBytes: 40 }).length;
          expect(queue.length).toBeLessThanOrEqual(7);
          expect(queue.sizeBytes).toBeLessThanOrEqual(60);
        }
        expect(lost + taken + queue.take(everything).length).toBe(steps.length);
        expect(queue.sizeBytes).toBe(0);
      }),
    );
  });

  it('forgets what it gave away, however long it lives', () => {
    const queue = new FactQueue({ maxEvents: 10, maxBytes: 100 });
    const seen: string[] = [];
    for (let number = 0; number < 5_000; number++) {
      queue.add(fact(String(number)), 'detail');
      seen.push(...queue.take({ maxEvents: 1, maxBytes: 1 }).map(({ json }) => json));
    }

    expect(seen).toEqual(Array.from({ length: 5_000 }, (_, number) => String(number)));
  });
});
