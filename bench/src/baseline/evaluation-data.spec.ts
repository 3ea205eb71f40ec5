import { describe, expect, it } from '@jest/globals';
import { csvRows, parseCsv, pythonList } from './evaluation-data.js';

describe('csv', () => {
  it('keeps commas, quotes and line ends inside quotes', () => {
    expect(parseCsv('a,b\r\n"1,5","say ""hi""\nthere"\n,last')).toEqual([
      ['a', 'b'],
      ['1,5', 'say "hi"\nthere'],
      ['', 'last'],
    ]);
  });

  it('that is absent names where the public gets it', () => {
    expect(() => csvRows('/nowhere', 'runs.csv.gz', 'https://example.org/data')).toThrow(/\/nowhere\/runs\.csv\.gz does not exist; the data is public: https:\/\/example\.org\/data/);
  });
});

describe('a list as Python prints it', () => {
  it('is read with None as null', () => {
    expect(pythonList("[[1.5, None], ['success']]")).toEqual([[1.5, null], ['success']]);
  });
});
