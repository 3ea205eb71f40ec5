import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { outlineOf } from './json-outline.js';

function elementsOf(json: string): readonly string[] | undefined {
  return outlineOf(Buffer.from(json)).elements?.map(([start, end]) => Buffer.from(json).subarray(start, end).toString());
}

describe('outlineOf', () => {
  it('finds the elements of an array as they are written', () => {
    expect(elementsOf(' [ {"a":[1,2]} , "x,]\\"y" ,3,[] , null ] ')).toEqual(['{"a":[1,2]}', '"x,]\\"y"', '3', '[]', 'null']);
  });

  it.each([
    ['[]', []],
    ['[ \n ]', []],
    ['[1,]', ['1', '']],
    ['[,]', ['', '']],
    ['{"a":[1,2]}', undefined],
    ['"text"', undefined],
    ['', undefined],
  ])('finds in %s the elements %j', (json, elements) => {
    expect(elementsOf(json)).toEqual(elements);
  });

  it.each([
    ['1', 0],
    ['{}', 1],
    ['[{"a":{"b":[]}}]', 4],
    ['{"a":"[[[["}', 1],
    ['\ufeff[[1]]', 2],
  ])('measures the depth of %s', (json, depth) => {
    expect(outlineOf(Buffer.from(json)).depth).toBe(depth);
  });

  it.each([
    ['[1,2]', true],
    ['[1,2', false],
    ['[1]]', false],
    ['["open]', false],
    ['][', false],
  ])('tells whether the brackets of %s match', (json, isBalanced) => {
    expect(outlineOf(Buffer.from(json)).isBalanced).toBe(isBalanced);
  });

  it('agrees with the parser on any array', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.constantFrom(undefined, 2), (array, indent) => {
        const json = JSON.stringify(array, undefined, indent);
        expect(elementsOf(json)!.map((element) => JSON.parse(element) as unknown)).toEqual(JSON.parse(json));
      }),
    );
  });
});
