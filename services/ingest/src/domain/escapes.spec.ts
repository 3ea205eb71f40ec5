import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { withStorableEscapes } from './escapes.js';

describe('withStorableEscapes', () => {
  it.each([
    ['"a\\u0000b"', '"a\\ufffdb"'],
    ['"\\ud83d\\ude00"', '"\\ud83d\\ude00"'],
    ['"\\ud83d"', '"\\ufffd"'],
    ['"\\ude00\\ud83d"', '"\\ufffd\\ufffd"'],
    ['"\\ud83d\\ud83d\\ude00"', '"\\ufffd\\ud83d\\ude00"'],
    ['"\\\\u0000"', '"\\\\u0000"'],
    ['"\\\\\\u0000"', '"\\\\\\ufffd"'],
    ['"\\u00e9\\n"', '"\\u00e9\\n"'],
  ])('turns %s into %s', (given, expected) => {
    expect(withStorableEscapes(given)).toBe(expected);
  });

  it('leaves nothing that cannot be stored, and everything else as it was', () => {
    const unit = fc.constantFrom('a', '\\', '"', 'u', '0000', '\0', '\ud83d', '\ude00', '\ud83d\ude00', 'é', '\n');

    fc.assert(
      fc.property(fc.array(unit).map((parts) => parts.join('')), (text) => {
        const read = JSON.parse(withStorableEscapes(JSON.stringify(text))) as string;
        expect(read).toBe(text.replaceAll(/\0|\p{Surrogate}/gu, '\ufffd'));
      }),
    );
  });
});
