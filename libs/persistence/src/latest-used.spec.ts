import { describe, expect, it } from '@jest/globals';
import { LatestUsed } from './latest-used.js';

describe('a bounded map', () => {
  it('gives up what was not used for longest', () => {
    const map = new LatestUsed<number>(2);
    map.set('a', 1);
    map.set('b', 2);
    map.get('a');
    map.set('c', 3);

    expect(['a', 'b', 'c'].map((key) => map.get(key))).toEqual([1, undefined, 3]);
    map.delete('a');
    expect([...map.values()]).toEqual([3]);
  });
});
