import { randomData, type NetworkSpec, type TensorRuntime, type TrainingOptions } from '@orrery/learning';
import { seededRandom } from '@orrery/stats';

/** The network that is going to be trained: what a runtime's speed is measured on. */
export interface Workload {
  readonly spec: NetworkSpec;
  readonly batchSize: number;
}

/** What the predictor trains when nobody says otherwise. */
export const usualWorkload: Workload = {
  spec: { kind: 'series-forecaster', cell: 'gru', stepCount: 24, channelCount: 1, contextCount: 8, unitCount: 32, horizon: 4, quantiles: [0.1, 0.5, 0.9] },
  batchSize: 128,
};

// Small, but every kind of operation that any of the networks has.
const checkedSpecs: readonly NetworkSpec[] = [
  {
    kind: 'sequence-classifier',
    cell: 'gru',
    stepCount: 4,
    embeddings: [{ vocabularySize: 5, size: 3 }],
    numericCount: 2,
    unitCount: 4,
    pooling: 'attention',
    classCount: 3,
  },
  { kind: 'series-forecaster', cell: 'lstm', stepCount: 3, channelCount: 1, contextCount: 2, unitCount: 4, horizon: 2, quantiles: [0.1, 0.5, 0.9] },
];

const seed = 20_240_501;
const checkedRows = 16;
const checkedSteps = 3;

/**
 * Trains the same small networks on both runtimes and compares the losses.
 *
 * @returns the greatest difference; infinite when a loss is not finite.
 */
export async function lossDifference(candidate: TensorRuntime, reference: TensorRuntime, signal?: AbortSignal): Promise<number> {
  let greatest = 0;
  for (const spec of checkedSpecs) {
    const [ours, theirs] = [await checkedLosses(candidate, spec, signal), await checkedLosses(reference, spec, signal)];
    for (let index = 0; index < theirs.length; index += 1) {
      const difference = Math.abs((ours[index] ?? Number.NaN) - (theirs[index] ?? Number.NaN));
      greatest = Math.max(greatest, Number.isFinite(difference) ? difference : Number.POSITIVE_INFINITY);
    }
  }
  return greatest;
}

async function checkedLosses(runtime: TensorRuntime, spec: NetworkSpec, signal: AbortSignal | undefined): Promise<number[]> {
  const training = randomData(spec, checkedRows, seededRandom(seed));
  const options: TrainingOptions = { seed, epochLimit: checkedSteps, batchSize: checkedRows, patience: checkedSteps, learningRate: 0.02, gradientLimit: 0.5, ...(signal === undefined ? {} : { signal }) };
  const { epochs } = await runtime.train(spec, { training, validation: training }, options);
  return epochs.flatMap(({ trainingLoss, validationLoss }) => [trainingLoss, validationLoss]);
}

/** How long one warm training step of a workload takes. */
export async function stepDurationMs(runtime: TensorRuntime, { spec, batchSize }: Workload, signal?: AbortSignal): Promise<number> {
  const random = seededRandom(seed);
  const data = { training: randomData(spec, batchSize, random), validation: randomData(spec, 1, random) };
  // The first step also compiles.
  const { epochs } = await runtime.train(spec, data, { seed, epochLimit: 3, batchSize, patience: 3, ...(signal === undefined ? {} : { signal }) });
  return Math.min(...epochs.slice(1).map(({ durationMs }) => durationMs));
}
