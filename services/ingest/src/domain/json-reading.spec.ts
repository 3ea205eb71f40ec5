import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { at, entries, first, idText, integer, labels, list, number, record, records, text, timeMs } from './json-reading.js';

const value = JSON.parse(
  '{"a":{"b":["x",{"c":"deep"}],"n":7,"big":"9007199254740993","t":"2024-05-01T12:00:00Z","empty":""},"__proto__":{"evil":"yes"}}',
) as unknown;

describe('value of unknown JSON', () => {
  it('is found at the end of a path, through arrays too', () => {
    expect(text(value, 'a', 'b', '1', 'c')).toBe('deep');
    expect(number(value, 'a', 'n')).toBe(7);
    expect(timeMs(value, 'a', 't')).toBe(1714564800000);
    expect(records(value, 'a', 'b')).toEqual([{ c: 'deep' }]);
  });

  it('is undefined or empty where the path ends early or the kind is another', () => {
    expect(text(value, 'a', 'missing', 'c')).toBeUndefined();
    expect(text(value, 'a', 'n')).toBeUndefined();
    expect(text(value, 'a', 'empty')).toBeUndefined();
    expect(record(value, 'a', 'b')).toBeUndefined();
    expect(list(value, 'a')).toEqual([]);
    expect(entries(null)).toEqual([]);
  });

  it('is never one that every object inherits', () => {
    expect(at(value, 'constructor')).toBeUndefined();
    expect(at(value, 'a', 'toString')).toBeUndefined();
  });

  it('is a whole number only if a double holds it', () => {
    expect(integer(value, 'a', 'big')).toBeUndefined();
    expect(integer('12')).toBe(12);
    expect(integer(1.5)).toBeUndefined();
    expect(number(' ')).toBeUndefined();
  });

  it('is an id as a text or as a number', () => {
    expect([idText(289782451), idText('abc'), idText(1.5), idText('')]).toEqual(['289782451', 'abc', undefined, undefined]);
  });

  it('loses characters that no database column holds', () => {
    expect(text('a\0b')).toBe('ab');
  });
});

describe('labels', () => {
  it('are texts, numbers and booleans as text', () => {
    expect(labels({ a: 'x', b: 1, c: true, d: null, e: [1], f: { g: 1 } })).toEqual({ a: 'x', b: '1', c: 'true' });
  });

  it('leave out the key that would change the object itself', () => {
    expect(labels(JSON.parse('{"__proto__":"x","a":"b"}'))).toEqual({ a: 'b' });
  });
});

describe('any JSON', () => {
  it('is read without an error', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.array(fc.string()), (json, path) => {
        expect(typeof (text(json, ...path) ?? '')).toBe('string');
        expect(Number.isFinite(first(number(json, ...path), timeMs(json, ...path), 0))).toBe(true);
        expect(Object.values(labels(json, ...path)).every((label) => typeof label === 'string')).toBe(true);
        expect(Array.isArray(list(json, ...path))).toBe(true);
      }),
    );
  });
});
