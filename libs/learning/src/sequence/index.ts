export * from './back-off-ngram.js';
export { NextTaskModel } from './next-task-model.js';
export { fitNgram, ngramAccuracy, type NextTaskChoice, type NextTaskTraining } from './next-task-training.js';
export { fitPrefixEncoding, PrefixEncoder, type PrefixEncoding } from './prefix-encoder.js';
export type { Sequence, SequenceEvent } from './sequence.js';
