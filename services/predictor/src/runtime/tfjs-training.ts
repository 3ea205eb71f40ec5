import { setImmediate as otherWork } from 'node:timers/promises';
import { OrreryError } from '@orrery/errors';
import {
  afterEpoch,
  checkData,
  defaultTrainingSettings,
  initialWeights,
  networkParameters,
  pickRows,
  shuffledRows,
  sizeOf,
  sliceRows,
  type EpochReport,
  type NetworkData,
  type NetworkSpec,
  type TrainedNetwork,
  type TrainingCourse,
  type TrainingData,
  type TrainingOptions,
  type TrainingSettings,
} from '@orrery/learning';
import { seededRandom, type Random } from '@orrery/stats';
import { droppableWidth, inputTensors, parameterTensors, type ParameterTensors } from './tfjs-forward.js';
import { summedLoss, targetTensors, type TargetTensors } from './tfjs-loss.js';
import type { Tensor, Tensor2D, TensorFlow, Variable } from './tensor-flow.js';

const evaluationRows = 512;

/** Learns weights on the backend that is current. As `TensorRuntime.train` promises. */
export async function trainNetwork(tf: TensorFlow, spec: NetworkSpec, data: TrainingData, options: TrainingOptions = {}): Promise<TrainedNetwork> {
  const settings = settingsOf(options);
  checkParts(spec, data);
  const random = seededRandom(settings.seed);
  const drawn = initialWeights(spec, random);
  const run = new TrainingRun(tf, spec, { settings, random, weights: options.startWeights ?? drawn });
  try {
    return await learn(run, data, options);
  } finally {
    run.close();
  }
}

async function learn(run: TrainingRun, data: TrainingData, { signal, onEpoch }: TrainingOptions): Promise<TrainedNetwork> {
  const { epochLimit, patience } = run.settings;
  const epochs: EpochReport[] = [];
  let course: TrainingCourse = { bestEpoch: 0, validationLoss: await run.meanLoss(data.validation, signal), bestWeights: await run.weights(), isOver: false };
  for (let epoch = 1; epoch <= epochLimit && !course.isOver; epoch += 1) {
    const startedAtMs = performance.now();
    const trainingLoss = await run.epoch(data.training, signal);
    const validationLoss = await run.meanLoss(data.validation, signal);
    if (!Number.isFinite(trainingLoss + validationLoss)) {
      throw new OrreryError('ORRERY_NUMERICAL', `the loss of a ${run.spec.kind} network left the finite numbers in epoch ${epoch}`, { details: { epoch, trainingLoss, validationLoss } });
    }
    const report = { epoch, trainingLoss, validationLoss, durationMs: performance.now() - startedAtMs };
    epochs.push(report);
    course = afterEpoch(course, { epoch, validationLoss, weights: await run.weights() }, patience);
    onEpoch?.(report);
  }
  return { spec: run.spec, weights: course.bestWeights, epochs, bestEpoch: course.bestEpoch, validationLoss: course.validationLoss };
}

function settingsOf(options: TrainingOptions): TrainingSettings {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const settings = { ...defaultTrainingSettings, ...given };
  const { epochLimit, batchSize, learningRate, patience, dropout, gradientLimit } = settings;
  const areWhole = [epochLimit, batchSize, patience].every((count) => Number.isInteger(count) && count >= 1);
  if (!areWhole || !(learningRate > 0) || !(gradientLimit > 0) || !(dropout >= 0 && dropout < 1)) {
    throw new OrreryError('ORRERY_VALIDATION', 'epochs, batch size and patience must be whole numbers from 1, rates and limits above 0, dropout in [0, 1)', {
      details: { epochLimit, batchSize, learningRate, patience, dropout, gradientLimit },
    });
  }
  return settings;
}

function checkParts(spec: NetworkSpec, { training, validation }: TrainingData): void {
  checkData(spec, training);
  checkData(spec, validation);
  if (training.rowCount === 0 || validation.rowCount === 0) {
    throw new OrreryError('ORRERY_VALIDATION', `training needs rows to learn from and rows to validate on, got ${training.rowCount} and ${validation.rowCount}`);
  }
}

interface RunStart {
  readonly settings: TrainingSettings;
  readonly random: Random;
  readonly weights: Float32Array;
}

/** The variables and the optimiser of one training. */
class TrainingRun {
  readonly settings: TrainingSettings;
  private readonly random: Random;
  private readonly variables: Map<string, Variable>;
  private readonly optimizer;

  constructor(
    private readonly tf: TensorFlow,
    readonly spec: NetworkSpec,
    { settings, random, weights }: RunStart,
  ) {
    this.settings = settings;
    this.random = random;
    this.variables = new Map();
    for (const [name, tensor] of parameterTensors(tf, spec, weights)) {
      this.variables.set(name, tf.variable(tensor));
      tensor.dispose();
    }
    this.optimizer = tf.train.adam(settings.learningRate);
  }

  close(): void {
    for (const variable of this.variables.values()) variable.dispose();
    this.optimizer.dispose();
  }

  /** The weights as they are now, in the order of the spec's parameters. */
  async weights(): Promise<Float32Array> {
    const parts = await Promise.all(networkParameters(this.spec).map(({ name, shape }) => this.variables.get(name)?.data() ?? new Float32Array(sizeOf(shape))));
    const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
    let offset = 0;
    for (const part of parts) {
      all.set(part, offset);
      offset += part.length;
    }
    return all;
  }

  /** One pass over the rows in random order. @returns the mean loss while it learned. */
  async epoch(data: NetworkData, signal: AbortSignal | undefined): Promise<number> {
    const order = shuffledRows(data.rowCount, this.random);
    return await this.inBatches({ rowCount: data.rowCount, size: this.settings.batchSize, signal }, (from, to) => this.step(pickRows(data, order.subarray(from, to))));
  }

  async meanLoss(data: NetworkData, signal: AbortSignal | undefined): Promise<number> {
    return await this.inBatches({ rowCount: data.rowCount, size: Math.max(evaluationRows, this.settings.batchSize), signal }, (from, to) => {
      const rows = sliceRows(data, from, to);
      return this.lossOf(rows, this.variables);
    });
  }

  private async inBatches(
    { rowCount, size, signal }: { readonly rowCount: number; readonly size: number; readonly signal: AbortSignal | undefined },
    lossOf: (from: number, to: number) => { readonly sum: Tensor; readonly count: number },
  ): Promise<number> {
    const sums: Tensor[] = [];
    let count = 0;
    try {
      for (let from = 0; from < rowCount; from += size) {
        signal?.throwIfAborted();
        const loss = lossOf(from, Math.min(from + size, rowCount));
        sums.push(loss.sum);
        count += loss.count;
        // Lets an abort, and what else the thread has to do, come in between.
        await otherWork();
      }
      // Read at the end: reading after each batch would make a GPU wait.
      const losses = await Promise.all(sums.map((sum) => sum.data()));
      return losses.reduce((total, [loss = Number.NaN]) => total + loss, 0) / Math.max(count, 1);
    } finally {
      for (const sum of sums) sum.dispose();
    }
  }

  private lossOf(rows: NetworkData, parameters: ParameterTensors): { readonly sum: Tensor; readonly count: number } {
    const { tf, spec } = this;
    let count = 0;
    const sum = tf.tidy(() => {
      const targets = targetTensors(tf, spec, rows);
      count = targets.count;
      return summedLoss(spec, { tf, parameters, inputs: inputTensors(tf, spec, rows) }, targets);
    });
    return { sum, count };
  }

  private step(rows: NetworkData): { readonly sum: Tensor; readonly count: number } {
    const { tf, spec } = this;
    let count = 0;
    const sum = tf.tidy(() => {
      const targets = targetTensors(tf, spec, rows);
      const dropoutMask = this.dropoutMask(rows.rowCount);
      const inputs = inputTensors(tf, spec, rows);
      count = targets.count;
      const loss = (): Tensor => summedLoss(spec, { tf, parameters: this.variables, inputs, ...(dropoutMask === undefined ? {} : { dropoutMask }) }, targets);
      return this.learnFrom(loss, targets);
    });
    return { sum, count };
  }

  private learnFrom(loss: () => Tensor, { count }: TargetTensors): Tensor {
    const { tf } = this;
    const { value, grads } = tf.variableGrads(() => loss().div(Math.max(count, 1)).asScalar(), [...this.variables.values()]);
    // Two by two: WebGPU's addN binds every input at once and gives nothing, with no error, where there are more than an adapter allows.
    const length = Object.values(grads)
      .map((gradient) => gradient.square().sum())
      .reduce((sum, square) => sum.add(square))
      .sqrt();
    const factor = tf.scalar(this.settings.gradientLimit).div(tf.maximum(length, this.settings.gradientLimit));
    this.optimizer.applyGradients(Object.fromEntries(Object.entries(grads).map(([name, gradient]) => [name, gradient.mul(factor)])));
    return value.mul(count);
  }

  private dropoutMask(rowCount: number): Tensor2D | undefined {
    const { dropout } = this.settings;
    if (dropout === 0) return undefined;
    const width = droppableWidth(this.spec);
    const kept = 1 / (1 - dropout);
    return this.tf.tensor2d(Float32Array.from({ length: rowCount * width }, () => (this.random.next() < dropout ? 0 : kept)), [rowCount, width]);
  }
}
