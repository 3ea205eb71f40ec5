import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { Listing } from './listing.js';

const letters = new Listing('letters', z.object({ atMs: z.int(), id: z.uuid() }));
const place = fc.record({ atMs: fc.integer(), id: fc.uuid() });

describe('a cursor', () => {
  it('brings back the place that it was made of', () => {
    fc.assert(fc.property(place, (given) => expect(letters.placeOf(letters.cursorOf(given))).toEqual(given)));
  });

  it('is not asked for on the first page', () => {
    expect(letters.placeOf(undefined)).toBeUndefined();
  });

  it.each([
    ['nothing', ''],
    ['another listing', new Listing('parcels', z.object({ atMs: z.int(), id: z.uuid() })).cursorOf({ atMs: 1, id: '0190163d-8694-739b-aea5-966c26f8ad91' })],
    ['another place', Buffer.from('["letters",{"atMs":1,"id":"x"}]').toString('base64url')],
    ['an earlier form', Buffer.from('["letters",1,"0190163d-8694-739b-aea5-966c26f8ad91"]').toString('base64url')],
    ['no JSON', Buffer.from('letters').toString('base64url')],
    ['no base64', '%%'],
  ])('of %s is refused', (_name, cursor) => {
    expect(() => letters.placeOf(cursor)).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION', message: expect.stringContaining('query.cursor') }));
  });

  it('is refused when a character was added that decoding drops', () => {
    const cursor = letters.cursorOf({ atMs: 1, id: '0190163d-8694-739b-aea5-966c26f8ad91' });

    expect(() => letters.placeOf(`${cursor}=`)).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
  });
});

describe('pages', () => {
  const numbers = new Listing('numbers', z.object({ number: z.int() }));
  const paging = (limit: number) => ({ limit, placeOf: (number: number) => ({ number }), viewOf: (number: number) => ({ shown: number }) });

  it('give each item once and in order, whatever their size', () => {
    fc.assert(
      fc.property(fc.nat(30), fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 10 }), (count, limit, most) => {
        const all = Array.from({ length: count }, (_, index) => index);
        const seen: { shown: number }[] = [];
        for (let cursor: string | null | undefined; cursor !== null; ) {
          const after = numbers.placeOf(cursor)?.number ?? -1;
          const page = numbers.page(all.slice(after + 1, after + 1 + limit + 1), { ...paging(limit), shorten: (items) => items.slice(0, most) });
          seen.push(...page.items);
          cursor = page.next_cursor;
        }
        expect(seen).toEqual(all.map((shown) => ({ shown })));
      }),
    );
  });

  it('end with null when nothing was found, and when the last one is full', () => {
    expect(numbers.page([], paging(2))).toEqual({ items: [], next_cursor: null });
    expect(numbers.page([1, 2], paging(2)).next_cursor).toBeNull();
    expect(numbers.page([1, 2, 3], paging(2))).toEqual({ items: [{ shown: 1 }, { shown: 2 }], next_cursor: numbers.cursorOf({ number: 2 }) });
  });
});
