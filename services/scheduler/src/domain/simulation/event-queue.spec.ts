import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EventQueue } from './event-queue.js';

describe('an event queue', () => {
  it('gives events in the order of their time, and of their coming where times are equal', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (times) => {
        const queue = new EventQueue<number>();
        for (const [index, time] of times.entries()) queue.add(time, index);
        const taken: number[] = [];
        while (queue.size > 0) taken.push(queue.take()!);
        // Sorting is stable, so equal times keep their order.
        expect(taken).toEqual(times.map((_, index) => index).sort((one, other) => times[one]! - times[other]!));
      }),
    );
  });

  it('keeps order when events come while others are taken', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 9 }))), (steps) => {
        const queue = new EventQueue<number>();
        const model: { time: number; id: number }[] = [];
        for (const [id, [adds, time]] of steps.entries()) {
          if (adds) {
            queue.add(time, id);
            model.push({ time, id });
          } else {
            model.sort((one, other) => one.time - other.time || one.id - other.id);
            expect(queue.nextMs).toBe(model[0]?.time ?? Infinity);
            expect(queue.take()).toBe(model.shift()?.id);
          }
          expect(queue.size).toBe(model.length);
        }
      }),
    );
  });

  it('is at Infinity when it is empty', () => {
    const queue = new EventQueue<string>();
    expect([queue.nextMs, queue.take(), queue.size]).toEqual([Infinity, undefined, 0]);
  });
});
