import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Partitioners } from 'kafkajs';
import { murmur2, partitionOfKey } from './key-partition.js';

describe('murmur2', () => {
  it('gives the hashes of the Java client', () => {
    // Source: Apache Kafka, UtilsTest#testMurmur2.
    const hashes: readonly [string, number][] = [
      ['21', -973932308],
      ['foobar', -790332482],
      ['a-little-bit-long-string', -985981536],
      ['a-little-bit-longer-string', -1486304829],
      ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ];
    for (const [text, hash] of hashes) expect(murmur2(Buffer.from(text))).toBe(hash);
    expect(murmur2(Buffer.from(['a', 'b', 'c'].join('')))).toBe(479470107);
  });
});

describe('partition of a key', () => {
  it('is the one that kafkajs chooses', () => {
    const theirs = Partitioners.DefaultPartitioner();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 1, max: 64 }), (bytes, count) => {
        const key = Buffer.from(bytes);
        const partitionMetadata = Array.from({ length: count }, (_, partitionId) => ({
          ...{ partitionId, partitionErrorCode: 0, leader: 1, replicas: [1], isr: [1] },
        }));
        expect(partitionOfKey(key, count)).toBe(theirs({ topic: 't', partitionMetadata, message: { key, value: null } }));
      }),
    );
  });
});
