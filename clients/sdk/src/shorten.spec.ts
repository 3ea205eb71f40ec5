import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { shortenToFit, toPlainValue, withoutUnstorable } from './shorten.js';

describe('shortening', () => {
  it('cuts long strings and lists until the whole fits, and keeps what is short', () => {
    const json = shortenToFit({ id: 'call-1', output: 'x'.repeat(100_000), list: Array.from({ length: 500 }, () => 'y') }, 20_000);

    expect(Buffer.byteLength(json ?? '')).toBeLessThanOrEqual(20_000);
    expect(JSON.parse(json ?? '')).toMatchObject({ id: 'call-1', output: expect.stringContaining('characters left out'), list: expect.arrayContaining(['… [400 entries left out]']) });
  });

  it('gives up when even that is too much', () => {
    const wide = Object.fromEntries(Array.from({ length: 100 }, (_, key) => [`key ${key}`, Array.from({ length: 100 }, () => 'z'.repeat(200))]));

    expect(shortenToFit(wide, 10_000)).toBeUndefined();
  });
});

describe('plain values', () => {
  it('are what JSON would make of them, for everything JSON can hold', () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => expect(JSON.stringify(toPlainValue(value))).toBe(JSON.stringify(value))));
  });

  it('stand in for cycles, BigInts, functions, dates and getters that throw', () => {
    const circle: Record<string, unknown> = { big: 1n, call: () => 1, date: new Date(0) };
    circle['self'] = circle;
    const broken = { get x() { throw new RangeError('no'); } };

    expect(toPlainValue(circle)).toEqual({ big: '1', call: '[function]', date: '1970-01-01T00:00:00.000Z', self: '[circular]' });
    expect(toPlainValue({ broken })).toEqual({ broken: '[unreadable: no]' });
  });
});

describe('text that databases cannot store', () => {
  it('is replaced: NUL and halves of surrogate pairs', () => {
    const json = withoutUnstorable(JSON.stringify({ a: 'x\0y', b: '\ud800', c: '😀' }));

    expect(JSON.parse(json)).toEqual({ a: 'x\ufffdy', b: '\ufffd', c: '😀' });
  });

  it('is not seen where a text only shows an escape', () => {
    const value = { a: '\\u0000', b: 'C:\\ud800', c: '\\\\u0000' };

    expect(JSON.parse(withoutUnstorable(JSON.stringify(value)))).toEqual(value);
  });

  it('leaves every other text as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const cleaned = JSON.parse(withoutUnstorable(JSON.stringify(text))) as string;
        expect(cleaned).toBe(Buffer.from(text).toString().replaceAll('\0', '\ufffd'));
      }),
    );
  });
});
