import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { OutputTail } from './output-tail.js';

function read(text: string, limits = { maxBytes: 1_000, maxLines: 3 }, chunkLength = 7) {
  const tail = new OutputTail(limits);
  for (let start = 0; start < text.length; start += chunkLength) tail.add(Buffer.from(text.slice(start, start + chunkLength)));
  return tail.read();
}

describe('the end of the output', () => {
  it('is all of it when it is short', () => {
    expect(read('a\nb')).toEqual({ text: 'a\nb', totalBytes: 3, isCut: false });
    expect(read('')).toEqual({ text: '', totalBytes: 0, isCut: false });
  });

  it('is the last lines when there are many', () => {
    expect(read('1\n2\n3\n4\n5\n')).toEqual({ text: '3\n4\n5\n', totalBytes: 10, isCut: true });
    expect(read('1\n2\n3\n4\n5')).toMatchObject({ text: '3\n4\n5', isCut: true });
  });

  it('begins with a whole line when it is cut by its size, unless one line is all there is', () => {
    expect(read(`${'x'.repeat(30)}\nshort\n`, { maxBytes: 20, maxLines: 10 })).toMatchObject({ text: 'short\n', isCut: true });
    expect(read('y'.repeat(50), { maxBytes: 20, maxLines: 10 })).toEqual({ text: 'y'.repeat(20), totalBytes: 50, isCut: true });
  });

  it('never exceeds its limits and is always the end of what passed', () => {
    const chunks = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 60 }), { maxLength: 60 });
    fc.assert(
      fc.property(chunks, fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 9 }), (texts, maxBytes, maxLines) => {
        const tail = new OutputTail({ maxBytes, maxLines });
        for (const text of texts) tail.add(Buffer.from(text));
        const { text, totalBytes, isCut } = tail.read();
        const whole = texts.join('');
        expect(whole.endsWith(text)).toBe(true);
        expect(totalBytes).toBe(whole.length);
        expect(isCut).toBe(text.length < whole.length);
        expect(text.length).toBeLessThanOrEqual(maxBytes);
        expect(text.replace(/\n$/, '').split('\n').length).toBeLessThanOrEqual(maxLines);
      }),
    );
  });

  it('stays small when a command writes byte by byte', () => {
    const tail = new OutputTail({ maxBytes: 5_000, maxLines: 1_000 });
    for (let count = 0; count < 20_000; count++) tail.add(Buffer.from('z'));

    expect(tail.read().text).toBe('z'.repeat(5_000));
  });
});
