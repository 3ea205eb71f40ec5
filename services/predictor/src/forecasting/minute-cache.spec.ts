import { describe, expect, it } from '@jest/globals';
import { MinuteCache } from './minute-cache.js';

function scene(most = 2) {
  let nowMs = 0;
  const made: string[] = [];
  const cache = new MinuteCache<string>(() => nowMs, most);
  const ask = (key: string, fails = false) =>
    cache.of(key, async () => {
      made.push(key);
      if (fails) throw new Error('away');
      return `${key}${made.length}`;
    });
  return { ask, made, wait: (ms: number) => (nowMs += ms) };
}

describe('answers of a minute', () => {
  it('are made once, also for those who ask at the same time', async () => {
    const { ask, wait } = scene();

    expect(await Promise.all([ask('a'), ask('a')])).toEqual(['a1', 'a1']);
    wait(59_999);
    expect(await ask('a')).toBe('a1');
    wait(1);
    expect(await ask('a')).toBe('a2');
  });

  it('are not kept when they failed', async () => {
    const { ask } = scene();

    await expect(ask('a', true)).rejects.toThrow('away');
    expect(await ask('a')).toBe('a2');
  });

  it('make room from the oldest on', async () => {
    const { ask, made } = scene();
    for (const key of ['a', 'b', 'c', 'b', 'a']) await ask(key);

    expect(made).toEqual(['a', 'b', 'c', 'a']);
  });
});
