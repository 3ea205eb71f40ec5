import { describe, expect, it } from '@jest/globals';
import { pythonList } from './python-list.js';

describe('pythonList', () => {
  it.each([
    ["['extract', 'load']", ['extract', 'load']],
    ['["extract", "load"]', ['extract', 'load']],
    ["['it\\'s', \"a \\\"b\\\"\"]", ["it's", 'a "b"']],
    ["{'extract'}", ['extract']],
    ['[]', []],
    ['', []],
    ["['cut of", []],
    [undefined, []],
    [17, []],
    [['a', 1, 'b'], ['a', 'b']],
  ])('reads %p', (written, expected) => {
    expect(pythonList(written)).toEqual(expected);
  });

  it('takes linear time for quotes that do not close', () => {
    expect(pythonList(`['${"\\'".repeat(200_000)}`)).toEqual([]);
  });
});
