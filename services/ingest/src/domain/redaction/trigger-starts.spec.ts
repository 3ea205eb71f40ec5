import { describe, expect, it } from '@jest/globals';
import { slotOf, startTable } from './trigger-starts.js';

function holds(table: Uint8Array, start: string): boolean {
  return table[slotOf(start.charCodeAt(0) | 0x20, start.charCodeAt(1) | 0x20, start.charCodeAt(2) | 0x20)] === 1;
}

describe('startTable', () => {
  const table = startTable(['gh[pousr]_', 'SG\\.', '[_-]pass(?![a-z])|api[-_. ]?key', '[rs]k_(?:live|test)_', '://']);

  it.each(['ghp', 'ghr', 'GHP', 'SG.', 'sg.', '_pa', '-pa', 'api', 'API', 'rk_', 'sk_', '://'])('knows %s', (start) => {
    expect(holds(table, start)).toBe(true);
  });

  it.each(['gha', 'abc', 'SGx', 'pas', 'liv', 'tes'])('does not know %s', (start) => {
    expect(holds(table, start)).toBe(false);
  });
});
