import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { joinAttributes } from './attributes.js';
import { ascending, unionOf } from './join.js';
import { maxNameLength, name } from './values.js';

describe('a bounded set', () => {
  const union = unionOf(3);
  const someSet = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { maxLength: 5 }).map(ascending).map((set) => union([], set));

  it('keeps the same entries however its parts are put together', () => {
    fc.assert(
      fc.property(someSet, someSet, someSet, (a, b, c) => {
        expect(union(union(a, b), c)).toEqual(union(a, union(b, c)));
        expect(union(a, b)).toEqual(union(b, a));
        expect(union(a, b).length).toBeLessThanOrEqual(3);
      }),
    );
  });
});

describe('attributes', () => {
  it('of two statements are joined key by key', () => {
    expect(joinAttributes('{"b":1,"a":{"y":2,"x":1}}', '{"b":0,"c":null}')).toBe('{"a":{"x":1,"y":2},"b":1,"c":null}');
  });

  it('that are no object give way to an object', () => {
    expect(joinAttributes('[1]', '{"a":1}')).toBe('{"a":1}');
    expect(joinAttributes('{"a":1}', 'not json')).toBe('{"a":1}');
    expect(joinAttributes('[1]', '[2]')).toBe('[2]');
  });

  it('named like parts of every object are ordinary keys', () => {
    expect(joinAttributes('{"__proto__":{"polluted":true}}', '{"a":1}')).toBe('{"__proto__":{"polluted":true},"a":1}');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('a name', () => {
  it('is cut where an index could not hold it, never within a character', () => {
    expect(name('x'.repeat(maxNameLength + 1))).toHaveLength(maxNameLength);
    expect(name(`${'x'.repeat(maxNameLength - 1)}😀`)).toBe('x'.repeat(maxNameLength - 1));
    expect(name('')).toBeNull();
  });
});
