export * from './back-off-ngram.js';
export type { Sequence, SequenceEvent } from './sequence.js';
export { fitPrefixEncoding, PrefixEncoder, type PrefixEncoding } from './prefix-encoder.js';
