import type { ErrorCode } from '@orrery/errors';
import { decodeBoosted, encodeBoosted, fitBoosted, inOrder, type PastExecution, type TrainingControl, type TrainingProgress, type TrainingReport } from '../../domain/boosted/index.js';
import { decodeFailure, encodeFailure } from '../../domain/failure/index.js';
import type { RuntimeReport } from '../../runtime/runtime-report.js';
import type { ModelKind } from '../domain/model-kind.js';
import type { RawExample } from '../example-pages.js';
import type { NetworkSetting } from '../model.config.js';
import { trainFailure } from './train-failure.js';
import { trainNextTask } from './train-next-task.js';

/** What a training thread is to do. */
export interface TrainingJob {
  readonly kind: ModelKind;
  readonly seed: number;
  /** Where networks are trained, if at all. */
  readonly networks: NetworkSetting;
  /** The model that serves now, as it is stored. */
  readonly champion: { readonly version: number; readonly artifact: Uint8Array } | null;
}

/** What a thread is started with. */
export interface ThreadData {
  readonly job: TrainingJob;
  /** One number; anything but 0 asks the thread to stop. */
  readonly stopFlag: SharedArrayBuffer;
}

export type ToThread = { readonly type: 'rows'; readonly rows: readonly RawExample[] } | { readonly type: 'train' };

export type FromThread =
  | { readonly type: 'progress'; readonly progress: TrainingProgress }
  | { readonly type: 'done'; readonly result: TrainingResult }
  | { readonly type: 'failed'; readonly code: ErrorCode; readonly message: string };

/** What a training comes to. */
export interface TrainingResult {
  readonly artifact: Uint8Array;
  readonly report: TrainingReport;
  /** What a network was computed on. */
  readonly runtime?: RuntimeReport;
}

/** Trains a model of any kind; it computes for long without a pause, so only for a thread of its own. */
export async function train(job: TrainingJob, examples: readonly PastExecution[], control: Omit<TrainingControl, 'seed'>): Promise<TrainingResult> {
  const { kind, seed, champion } = job;
  switch (kind) {
    case 'duration':
    case 'memory': {
      const present = champion === null ? null : { version: champion.version, model: decodeBoosted(champion.artifact) };
      const { model, report } = fitBoosted(inOrder(examples), { ...control, seed, target: kind, champion: present });
      return { artifact: encodeBoosted(model), report };
    }
    case 'failure': {
      const present = champion === null ? null : { version: champion.version, model: decodeFailure(champion.artifact) };
      const { model, report } = trainFailure(inOrder(examples), { ...control, seed, champion: present });
      return { artifact: encodeFailure(model), report };
    }
    case 'next_task':
      return await trainNextTask(job, examples, control);
  }
}
