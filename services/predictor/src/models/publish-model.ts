import type { Transaction } from '@orrery/persistence';
import { durationFeatureNames } from '../domain/estimate/duration-features.js';
import { failureFeatureNames } from '../domain/failure/index.js';
import type { Decision, ModelCard } from './domain/model-card.js';
import type { ModelKind, ModelStatus } from './domain/model-kind.js';
import { judgeChallenger, type Verdict } from './domain/promotion.js';
import { checksumOf } from './model-artifact.js';
import { addModel, findChampion, lockSlot, setStanding, type StoredModel } from './model.repository.js';
import type { Training } from './training.repository.js';
import type { TrainingResult } from './training/training-job.js';

/** What a training made. */
export interface Trained {
  readonly training: Training;
  readonly result: TrainingResult;
  /** The version that served when the training began; null for none. */
  readonly comparedWith: number | null;
}

/** A model that was stored. */
export interface Published {
  readonly version: number;
  readonly isPromoted: boolean;
  readonly message: string;
}

const statusOf = { promoted: 'champion', rejected: 'rejected', kept_waiting: 'challenger' } as const satisfies Partial<Record<Decision['what'], ModelStatus>>;

/** Stores a trained model, and puts it into service when it may and is good enough. */
export async function publishModel(transaction: Transaction, tenantId: string, trained: Trained, nowMs: number): Promise<Published> {
  const { training, result, comparedWith } = trained;
  const { kind, scope, workflow } = training;
  await lockSlot(transaction, training);
  const present = await findChampion(transaction, training);
  const verdict = judgeChallenger(result.report);
  const decision = { atMs: nowMs, by: 'rule', ...outcomeOf(trained, verdict, present) } as const;
  const isPromoted = decision.what === 'promoted';
  if (isPromoted && present !== undefined) {
    await setStanding(transaction, present, { status: 'retired', decision: { atMs: nowMs, what: 'retired', by: 'rule', reason: 'a better model took its place' } });
  }
  const checksum = checksumOf(result.artifact);
  const model = { kind, scope, workflow, status: statusOf[decision.what], createdAtMs: nowMs, promotedAtMs: isPromoted ? nowMs : null, checksum, artifact: result.artifact };
  const version = await addModel(transaction, tenantId, { ...model, card: { ...cardOf(trained), decisions: [decision] } });
  const against = comparedWith === null ? '' : `; version ${comparedWith} was the one to beat`;
  return { version, isPromoted, message: `version ${version} ${wordsOf[decision.what]}: ${decision.reason}${against}` };
}

const wordsOf = { promoted: 'serves now', rejected: 'was rejected', kept_waiting: 'waits' } as const;

function outcomeOf({ training, comparedWith }: Trained, verdict: Verdict, present: StoredModel | undefined): { readonly what: keyof typeof statusOf; readonly reason: string } {
  if (training.promote === 'never') return { what: 'kept_waiting', reason: `promotion was not wished for; ${verdict.reason}` };
  if (!verdict.isBetter) return { what: 'rejected', reason: verdict.reason };
  if ((present?.version ?? null) !== comparedWith) return { what: 'kept_waiting', reason: `another model went into service while it was trained; ${verdict.reason}` };
  return { what: 'promoted', reason: verdict.reason };
}

const featuresOf: Readonly<Record<ModelKind, readonly string[]>> = {
  duration: durationFeatureNames,
  memory: durationFeatureNames,
  failure: failureFeatureNames,
  next_task: ['names of the tasks that ended before'],
};

function cardOf({ training, result }: Trained): Omit<ModelCard, 'decisions'> {
  const { trainingId, requestedBy, seed, kind } = training;
  return { trainingId, requestedBy, seed, sizeBytes: result.artifact.length, features: featuresOf[kind], report: result.report, runtime: result.runtime ?? null };
}
