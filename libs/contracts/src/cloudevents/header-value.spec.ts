import { describe, expect, it } from '@jest/globals';
import { decodeHeaderValue, encodeHeaderValue } from './header-value.js';

describe('attribute in an HTTP header', () => {
  it('is encoded as the binding shows', () => {
    expect(encodeHeaderValue('Euro € 😀')).toBe('Euro%20%E2%82%AC%20%F0%9F%98%80');
    expect(encodeHeaderValue('100% "sure"')).toBe('100%25%20%22sure%22');
    expect(encodeHeaderValue("!#$&'~")).toBe("!#$&'~");
  });

  it.each([
    ['Euro%20%E2%82%AC%20%F0%9F%98%80', 'Euro € 😀'],
    ['%e2%82%ac', '€'],
    ['%41%42', 'AB'],
    ['%2525', '%25'],
    ['"quoted \\"word\\" \\\\"', 'quoted "word" \\'],
    ['"with space%20too"', 'with space too'],
    ['100% sure', '100% sure'],
    ['plain', 'plain'],
  ])('%s is decoded once to %s', (value, expected) => {
    expect(decodeHeaderValue(value)).toBe(expected);
  });

  it('is rejected when its bytes are not UTF-8, overlong forms among them', () => {
    expect(() => decodeHeaderValue('%C0%A0')).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
    expect(() => decodeHeaderValue('%FF')).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
  });
});
