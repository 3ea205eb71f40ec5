import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { kafkaCodecs } from './kafka-codecs.js';

const text = Array.from({ length: 12 }, (_, index) => `run ${index % 7} of workflow nightly; `).join('');

// What the producer of kafka-clients 4.3.1 makes of the text, snappy in frames of the Xerial library.
const fromJava = {
  gzip: 'H4sIAAAAAAAA/ysqzVMwUMhPUyjPL8pOy8kvV8jLTM8oyam0VigCShniljLCLWWMW8oEt5Qpbikz3FKDwPEAuII+dUQBAAA=',
  snappy: 'glNOQVBQWQAAAAABAAAAAQAAAEbEAmhydW4gMCBvZiB3b3JrZmxvdyBuaWdodGx5OyABGwAxZhsAADJmGwAAM2YbAAA0ZhsAADVmGwAANmYbAP69AO69AA29',
  lz4: 'BCJNGGBAgkcAAADwDHJ1biAwIG9mIHdvcmtmbG93IG5pZ2h0bHk7IBsAHzEbAAcfMhsABx8zGwAHHzQbAAcfNRsABx82GwAHD70Aa1B0bHk7IAAAAAA=',
  zstd: 'KLUv/QBYLAIApAJydW4gMCBvZiB3b3JrZmxvdyBuaWdodGx5OyBydW4gMTIzNDU2MDEyMzQLAEARYB+wGbAF2AdsBmwB9gGbAVvA7fkEAQAA',
};
// The same as librdkafka sends it: one Snappy block without frames.
const bareSnappy = Buffer.from(fromJava.snappy, 'base64').subarray(20);

describe('Kafka codecs', () => {
  it.each(Object.entries(fromJava))('read what a Java producer compressed with %s', async (name, base64) => {
    const read = await kafkaCodecs[name as keyof typeof kafkaCodecs].decompress(Buffer.from(base64, 'base64'));

    expect(read.toString('utf8')).toBe(text);
  });

  it('read a Snappy block without frames', async () => {
    expect((await kafkaCodecs.snappy.decompress(bareSnappy)).toString('utf8')).toBe(text);
  });

  it('read what they wrote with gzip, and refuse to write anything else', async () => {
    const written = await kafkaCodecs.gzip.compress({ buffer: Buffer.from(text) });

    expect((await kafkaCodecs.gzip.decompress(written)).toString('utf8')).toBe(text);
    await expect(kafkaCodecs.lz4.compress({ buffer: Buffer.from(text) })).rejects.toMatchObject({ code: 'ORRERY_CONFIG' });
  });

  it.each(Object.keys(fromJava))('say that bytes are not %s', async (name) => {
    const broken = kafkaCodecs[name as keyof typeof kafkaCodecs].decompress(Buffer.alloc(40, 0xff));

    await expect(broken).rejects.toMatchObject({ code: 'ORRERY_VALIDATION', message: expect.stringContaining(name) });
  });

  describe('when a batch becomes larger than 64 MiB', () => {
    const bombs = {
      gzip: gzipSync(Buffer.alloc(65 * 1024 * 1024)),
      // A block that says that it becomes 128 MiB long.
      snappy: Buffer.from([0x80, 0x80, 0x80, 0x40, 0x00, 0x00]),
      // A frame of blocks of 4 MiB, 17 of them, each of one byte.
      lz4: Buffer.concat([Buffer.from('04224d186070', 'hex'), Buffer.from([0x73]), ...Array.from({ length: 17 }, () => Buffer.from('0100000000', 'hex')), Buffer.alloc(4)]),
      // A frame with a window of 8 MiB and 600 blocks that each repeat one byte 128 KiB times.
      zstd: Buffer.concat([Buffer.from('28b52ffd0068', 'hex'), ...Array.from({ length: 600 }, (_, index) => Buffer.from([index === 599 ? 0x03 : 0x02, 0x00, 0x10, 0x41]))]),
    };

    it.each(Object.entries(bombs))('refuses it, compressed with %s', async (name, bomb) => {
      await expect(kafkaCodecs[name as keyof typeof kafkaCodecs].decompress(bomb)).rejects.toMatchObject({
        code: 'ORRERY_VALIDATION',
        message: expect.stringMatching(/larger|too big/),
      });
    });
  });
});
