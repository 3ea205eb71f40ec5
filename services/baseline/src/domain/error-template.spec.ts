import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { templateHashes, templateOf } from './error-template.js';

describe('error template', () => {
  it('is the same for lines that differ in what changes from run to run', () => {
    const pairs = [
      ['2026-03-02T09:40:11.123Z ERROR disk 3 full', '2027-01-01T00:00:00Z ERROR disk 11 full'],
      ['pod 5f2a91c0-1111-4222-8333-444455556666 gone', 'pod 00000000-aaaa-4bbb-8ccc-ddddeeeeffff gone'],
      ['cannot read /home/ci/work/7/a.txt', 'cannot read /tmp/build-9/b.txt'],
      ['segfault at 0xdeadbeef', 'segfault at 0x7ffe01'],
      ['commit 3f9c2d1e88 not found', 'commit 0a1b2c3d4e5f not found'],
      ['GET https://api.example.com/v1/a?x=1 failed', 'GET https://other.example.org/b failed'],
      ['connect 10.0.0.1:5432 refused', 'connect 192.168.7.9:6543 refused'],
      ['\x1b[31mfailed\x1b[0m in 1.5 s', 'failed in 22.75 s'],
    ] as const;

    for (const [left, right] of pairs) expect(templateOf(left)).toBe(templateOf(right));
  });

  it('differs for errors that say different things', () => {
    expect(templateOf('TypeError: x is not a function')).not.toBe(templateOf('RangeError: x is not a function'));
  });

  it('is one for each distinct line, and none for empty ones', () => {
    expect(templateHashes(['a 1', 'a 2', '', '  ', 'b'])).toMatchObject([{ template: 'a <n>', line: 'a 1' }, { template: 'b' }]);
  });

  it('of any text is found quickly and no longer than bounded', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ maxLength: 5000 }), fc.string({ unit: fc.constantFrom('/', 'a', '0', '.', '-', ' ', ':'), maxLength: 5000 })), (text) => expect(templateOf(text).length).toBeLessThanOrEqual(2000)));
  });
});
