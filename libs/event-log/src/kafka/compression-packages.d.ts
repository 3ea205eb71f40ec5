declare module 'snappyjs' {
  const snappy: {
    /** Decompresses a block. @throws when it is not one, or becomes longer than `maxBytes`. */
    uncompress(block: Buffer, maxBytes: number): Buffer;
    compress(bytes: Buffer): Buffer;
  };
  export default snappy;
}

declare module 'lz4js' {
  const lz4: {
    /** How many bytes a frame becomes at most. @throws when it is not one. */
    decompressBound(frame: Uint8Array): number;
    decompress(frame: Uint8Array, maxBytes: number): Uint8Array;
  };
  export default lz4;
}
