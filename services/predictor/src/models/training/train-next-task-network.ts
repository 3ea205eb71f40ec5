import { isOrreryError, messageOf, OrreryError } from '@orrery/errors';
import type { StepSequence } from '@orrery/learning';
import type { TimeSplit, TrainingControl } from '../../domain/boosted/index.js';
import type { RuntimeReport } from '../../runtime/runtime-report.js';
import { stepOf, type StoredNetwork } from '../next-task/next-task-artifact.js';
import type { TaskRun } from '../next-task/task-runs.js';
import type { TrainingJob } from './training-job.js';

export interface TrainedSequenceNetwork {
  readonly network: StoredNetwork;
  readonly runtime: RuntimeReport;
}

/** What became of the network: it is one contender of several, so that a machine that cannot train one still gets a model. */
export interface NetworkOutcome {
  readonly trained: TrainedSequenceNetwork | null;
  readonly settings: Readonly<Record<string, number | string>>;
  /** Why there is none. */
  readonly reason?: string;
}

/** Beginnings of runs that a network learns from at most, the newest ones: on a processor that takes a few minutes. */
const rowLimit = 8000;
const settings = { unitCount: 32, stepCount: 12, epochLimit: 20, patience: 3 } as const;
const askedEveryMs = 250;

/** Trains a recurrent network on the best runtime, where networks are wished for. @throws ORRERY_CONFLICT when it was told to stop. */
export async function trainNextTaskNetwork({ seed, networks }: TrainingJob, split: TimeSplit<TaskRun>, { onProgress, shouldStop }: Omit<TrainingControl, 'seed'>): Promise<NetworkOutcome> {
  if (networks === 'off') return { trained: null, settings: {}, reason: 'networks are switched off' };
  const stop = new AbortController();
  const watch = setInterval(() => shouldStop?.() === true && stop.abort(new OrreryError('ORRERY_CONFLICT', 'the training was stopped while the network learned')), askedEveryMs);
  try {
    // Loaded only here: TensorFlow.js takes a while.
    const { trainSequenceNetwork, workerTrainer } = await import('../../networks/index.js');
    const { network, use } = await trainSequenceNetwork(partsOf(split), {
      ...settings,
      seed,
      signal: stop.signal,
      train: workerTrainer(networks),
      onEpoch: ({ epoch, validationLoss }) =>
        onProgress?.({ phase: 'training', share: 0.45 + (0.5 * epoch) / settings.epochLimit, words: `network, epoch ${epoch} of ${settings.epochLimit}, validation loss ${validationLoss.toFixed(4)}` }),
    });
    const { spec, training, runtime, parity } = network.metadata;
    if (spec.kind !== 'sequence-classifier') throw new OrreryError('ORRERY_NUMERICAL', `a network for sequences was asked for, got ${spec.kind}`);
    return {
      trained: { network: { spec, encoding: use.encoding, bytes: network.bytes }, runtime },
      settings: { network_units: spec.unitCount, network_steps: spec.stepCount, network_epochs: training.bestEpoch, network_parity: `${parity.maxDiff.toExponential(1)} against ${parity.against}` },
    };
  } catch (error) {
    if (stop.signal.aborted) throw stop.signal.reason;
    // A runtime that was named and does not work is no reason to be silent about.
    if (isOrreryError(error) && error.code === 'ORRERY_CONFIG') throw error;
    return { trained: null, settings: {}, reason: messageOf(error) };
  } finally {
    clearInterval(watch);
  }
}

function partsOf({ training, validation }: TimeSplit<TaskRun>) {
  // It is measured with the other candidates; what it is held out from, it need not see at all.
  return { training: newest(training, rowLimit), validation: newest(validation, rowLimit / 4), heldOut: [] };
}

function newest(runs: readonly TaskRun[], limit: number): readonly StepSequence[] {
  const kept: StepSequence[] = [];
  let rows = 0;
  for (const { tasks } of runs.toReversed()) {
    rows += tasks.length;
    if (rows > limit && kept.length > 0) break;
    kept.unshift(tasks.map(stepOf));
  }
  return kept;
}
