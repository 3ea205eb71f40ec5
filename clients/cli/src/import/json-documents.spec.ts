import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { splitDocuments, splitLines } from './json-documents.js';

async function* chunked(bytes: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += length) yield await Promise.resolve(bytes.subarray(start, start + length));
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const documents = fc.array(fc.oneof(fc.object({ maxDepth: 3 }), fc.array(fc.jsonValue({ maxDepth: 3 }))), { maxLength: 8 });

describe('documents one after the other', () => {
  it('are found whole, however they are laid out and however the bytes come', async () => {
    await fc.assert(
      fc.asyncProperty(documents, fc.constantFrom('', '\n', ' \r\n\t'), fc.constantFrom(0, 2), fc.integer({ min: 1, max: 40 }), async (values, between, indent, length) => {
        const texts = values.map((value) => JSON.stringify(value, null, indent));
        const found = await collect(splitDocuments(chunked(Buffer.from(texts.join(between)), length)));
        expect(found.map(String)).toEqual(texts);
      }),
    );
  });

  it('may begin with a byte order mark', async () => {
    expect((await collect(splitDocuments(chunked(Buffer.from('\ufeff{}'), 2)))).map(String)).toEqual(['{}']);
  });

  it.each([
    ['{"a":1', 'ends in the middle'],
    ['{} garbage', 'found "g"'],
    ['<html>', 'found "<"'],
  ])('%s is refused', async (text, reason) => {
    await expect(collect(splitDocuments(chunked(Buffer.from(text), 3)))).rejects.toMatchObject({ code: 'ORRERY_VALIDATION', message: expect.stringContaining(reason) });
  });
});

describe('lines', () => {
  it('are numbered as an editor does and blank ones are left out', async () => {
    const found = await collect(splitLines(chunked(Buffer.from('a\n\n  \nbc\r\nd'), 2)));

    expect(found.map(({ number, line }) => `${number}:${String(line).trim()}`)).toEqual(['1:a', '4:bc', '5:d']);
  });
});
