import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { feedCursorOf, isAfter, parseFeedCursor } from './feed-cursor.js';

const somePosition = fc.record({ xid: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String), number: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(String) });

describe('a cursor of the feed', () => {
  it('comes back as it was given out, beyond the numbers that JavaScript holds', () => {
    fc.assert(
      fc.property(somePosition, fc.nat(), (position, givenAtMs) => {
        expect(parseFeedCursor(feedCursorOf({ position, givenAtMs }))).toEqual({ position, givenAtMs });
      }),
    );
  });

  it('is refused when anybody changed it', () => {
    const forged = ['', 'abc', '%', '1.2.3', ...['1.2', '-1.2.3', '1.2.3.4', '99999999999999999999.1.1', '1.9999999999999999999.1', ' 1.2.3', '1.2.3\n'].map((text) => Buffer.from(text).toString('base64url'))];

    for (const cursor of forged) expect(() => parseFeedCursor(cursor)).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
  });
});

describe('the order of positions', () => {
  it('is that of numbers, not of texts', () => {
    expect(isAfter({ xid: '10', number: '1' }, { xid: '9', number: '5' })).toBe(true);
    expect(isAfter({ xid: '9', number: '10' }, { xid: '9', number: '9' })).toBe(true);
    expect(isAfter({ xid: '9', number: '9' }, { xid: '9', number: '9' })).toBe(false);
  });
});
