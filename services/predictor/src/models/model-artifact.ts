import { createHash } from 'node:crypto';
import { OrreryError } from '@orrery/errors';
import { decodeBoosted, type BoostedModel } from '../domain/boosted/index.js';
import { decodeFailure, type FailureModel } from '../domain/failure/index.js';
import type { ModelKind } from './domain/model-kind.js';
import { decodeNextTask, type TrainedPredictor } from './next-task/next-task-artifact.js';
import type { StoredArtifact } from './model.repository.js';

/** What the bytes of each kind of model become. */
export interface ModelOfKind {
  readonly duration: BoostedModel;
  readonly memory: BoostedModel;
  readonly failure: FailureModel;
  readonly next_task: TrainedPredictor;
}

export function checksumOf(artifact: Uint8Array): string {
  return createHash('sha256').update(artifact).digest('hex');
}

const decoders: { readonly [Kind in ModelKind]: (bytes: Uint8Array) => ModelOfKind[Kind] } = {
  duration: decodeBoosted,
  memory: decodeBoosted,
  failure: decodeFailure,
  next_task: decodeNextTask,
};

/**
 * Reads a stored model.
 *
 * @throws ORRERY_VALIDATION when its bytes are not those that were stored, or nothing that this version can read.
 */
export function openArtifact<Kind extends ModelKind>(kind: Kind, { version, checksum, artifact }: StoredArtifact): ModelOfKind[Kind] {
  const found = checksumOf(artifact);
  if (found !== checksum) {
    throw new OrreryError('ORRERY_VALIDATION', `version ${version} of the ${kind} model is damaged: its checksum is ${found}, expected ${checksum}`, { details: { kind, version } });
  }
  return decoders[kind](artifact);
}
