import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalText, carriedBytes, carriedValues, carryBytes, carryRepeated } from './carried-bytes.js';

describe('carried bytes', () => {
  it('come back as they were, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(carriedBytes(carryBytes(bytes))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('leave text readable', () => {
    expect(carryBytes(Buffer.from('Grüße, 世界'))).toBe('Grüße, 世界');
    expect(carryBytes(Buffer.from('\ufffd is a character too'))).toBe('\ufffd is a character too');
  });

  it('mark what is not text, and text that looks like a mark', () => {
    expect(carryBytes(Buffer.from([0, 0, 0, 5]))).toBe('base64:AAAABQ==');
    expect(carryBytes(Buffer.from([0xff, 0xfe]))).toBe('base64://4=');
    expect(carryBytes(Buffer.from('base64:hello'))).toBe(`base64:${Buffer.from('base64:hello').toString('base64')}`);
  });

  it('give one text for one value, so that every adapter reads the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(canonicalText(canonicalText(text))).toBe(canonicalText(text));
        expect(canonicalText(text)).toBe(carryBytes(carriedBytes(text)));
      }),
    );
  });
});

describe('repeated header', () => {
  it('keeps all of its values in their order', () => {
    expect(carriedValues(carryRepeated(['a', 'base64:AA==', 'a']))).toEqual(['a', 'base64:AA==', 'a']);
    expect(carriedValues('once')).toEqual(['once']);
    expect(carriedValues('list:of shopping')).toEqual(['list:of shopping']);
    expect(canonicalText('list:of shopping')).toBe(carryBytes(Buffer.from('list:of shopping')));
    expect(canonicalText(carryRepeated(['a', 'b']))).toBe(carryRepeated(['a', 'b']));
    expect(canonicalText(carryRepeated(['a']))).toBe('a');
  });
});
