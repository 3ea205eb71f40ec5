const seed = 0x9747b28c;
const mixer = 0x5bd1e995;

/**
 * Hashes bytes to a signed 32-bit number by murmur2, as Kafka's Java client does.
 * Source: Apache Kafka, org.apache.kafka.common.utils.Utils#murmur2.
 */
export function murmur2(data: Uint8Array): number {
  const { length } = data;
  const wordsEnd = length & ~3;
  let hash = seed ^ length;
  for (let i = 0; i < wordsEnd; i += 4) {
    let word = byte(data, i) | (byte(data, i + 1) << 8) | (byte(data, i + 2) << 16) | (byte(data, i + 3) << 24);
    word = Math.imul(word, mixer);
    word ^= word >>> 24;
    hash = Math.imul(hash, mixer) ^ Math.imul(word, mixer);
  }
  if (wordsEnd < length) {
    for (let i = length - 1; i >= wordsEnd; i -= 1) hash ^= byte(data, i) << ((i - wordsEnd) * 8);
    hash = Math.imul(hash, mixer);
  }
  hash = Math.imul(hash ^ (hash >>> 13), mixer);
  return hash ^ (hash >>> 15);
}

/** The partition of a key: equal on every adapter, and to what Java and kafkajs producers choose. */
export function partitionOfKey(key: Uint8Array, partitionCount: number): number {
  return (murmur2(key) & 0x7fffffff) % partitionCount;
}

function byte(data: Uint8Array, index: number): number {
  return data[index] ?? 0;
}
