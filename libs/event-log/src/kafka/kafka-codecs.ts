import { promisify } from 'node:util';
import { gzip, unzip } from 'node:zlib';
import { messageOf, OrreryError } from '@orrery/errors';
import { Decompress } from 'fzstd';
import kafkajs from 'kafkajs';
import lz4 from 'lz4js';
import snappy from 'snappyjs';

/** How kafkajs compresses and decompresses the records of a batch. */
export interface KafkaCodec {
  compress(records: { readonly buffer: Buffer }): Promise<Buffer>;
  decompress(bytes: Buffer): Promise<Buffer>;
}

/** Brokers take batches of 1 MiB; one that becomes larger than this is an attack rather than a batch. */
const maxBatchBytes = 64 * 1024 * 1024;

/** Java puts Snappy's blocks into frames of the Xerial library: this, two versions, then each block behind its length. */
const xerialMagic = Buffer.from([0x82, ...Buffer.from('SNAPPY'), 0]);
const xerialHeaderBytes = 16;

const inflate = promisify<Buffer, { maxOutputLength: number }, Buffer>(unzip);
const deflate = promisify<Buffer, Buffer>(gzip);

/**
 * Every compression that a Kafka producer can choose, for reading. Of its own, kafkajs reads gzip only, and that without a limit; with
 * one batch of another kind in it, a topic could not be read at all. Orrery itself writes gzip or nothing.
 *
 * `decompress` throws ORRERY_VALIDATION when the bytes are not what they should be, or become more than 64 MiB.
 */
export const kafkaCodecs = {
  gzip: { ...reading('gzip', (bytes) => inflate(bytes, { maxOutputLength: maxBatchBytes })), compress: ({ buffer }) => deflate(buffer) },
  snappy: reading('snappy', fromSnappy),
  lz4: reading('lz4', fromLz4),
  zstd: reading('zstd', fromZstandard),
} satisfies Record<string, KafkaCodec>;

/** Teaches kafkajs, which has one table of codecs for the whole process, all of them. */
export function registerKafkaCodecs(): void {
  // Node finds no named export of the codecs in kafkajs.
  const { CompressionCodecs, CompressionTypes } = kafkajs;
  const codecs: Record<number, () => KafkaCodec> = CompressionCodecs;
  codecs[CompressionTypes.GZIP] = () => kafkaCodecs.gzip;
  codecs[CompressionTypes.Snappy] = () => kafkaCodecs.snappy;
  codecs[CompressionTypes.LZ4] = () => kafkaCodecs.lz4;
  codecs[CompressionTypes.ZSTD] = () => kafkaCodecs.zstd;
}

function reading(name: string, decompress: (bytes: Buffer) => Buffer | Promise<Buffer>): KafkaCodec {
  return {
    compress: () => Promise.reject(new OrreryError('ORRERY_CONFIG', `records are not written with ${name}`)),
    decompress: async (bytes) => {
      try {
        return await decompress(bytes);
      } catch (error) {
        throw new OrreryError('ORRERY_VALIDATION', `a batch compressed with ${name} cannot be decompressed: ${messageOf(error)}`, { cause: error });
      }
    },
  };
}

function fromSnappy(bytes: Buffer): Buffer {
  if (!bytes.subarray(0, xerialMagic.length).equals(xerialMagic)) return snappy.uncompress(bytes, maxBatchBytes);
  const blocks: Buffer[] = [];
  let room = maxBatchBytes;
  for (let at = xerialHeaderBytes; at < bytes.length; ) {
    const start = at + 4;
    at = start + bytes.readUInt32BE(at);
    const block = snappy.uncompress(bytes.subarray(start, at), room);
    blocks.push(block);
    room -= block.length;
  }
  return Buffer.concat(blocks);
}

function fromLz4(bytes: Buffer): Buffer {
  const atMost = lz4.decompressBound(bytes);
  assertRoom(maxBatchBytes - atMost);
  const { buffer, byteOffset, byteLength } = lz4.decompress(bytes, atMost);
  return Buffer.from(buffer, byteOffset, byteLength);
}

function fromZstandard(bytes: Buffer): Buffer {
  const chunks: Uint8Array[] = [];
  let room = maxBatchBytes;
  const stream = new Decompress((chunk) => {
    room -= chunk.length;
    assertRoom(room);
    chunks.push(chunk);
  });
  stream.push(bytes, true);
  return Buffer.concat(chunks);
}

function assertRoom(room: number): void {
  if (room < 0) throw new OrreryError('ORRERY_LIMIT', `it becomes larger than ${maxBatchBytes} bytes`);
}
