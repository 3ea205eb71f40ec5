import type { NetworkBatch, NetworkData } from './network-data.js';
import type { NetworkSpec } from './network-spec.js';

export const runtimeNames = ['cuda', 'webgpu', 'wasm', 'cpu'] as const;

/** `cuda` is an NVIDIA GPU through TensorFlow's library, `webgpu` any adapter that Vulkan offers, `wasm` the processor with SIMD, `cpu` plain JavaScript. */
export type RuntimeName = (typeof runtimeNames)[number];

/** What computes, as its driver tells it. */
export interface AdapterInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly description: string;
  /** True when the driver runs on the processor: nothing to be called a GPU. */
  readonly software: boolean;
}

/** Whether a runtime can compute on this machine, and on what; `reason` says why not. */
export type RuntimeProbe = { readonly available: true; readonly adapter: AdapterInfo | null } | { readonly available: false; readonly reason: string };

/** A network with its weights (see `networkParameters`): all that is needed to predict. */
export interface NetworkWeights {
  readonly spec: NetworkSpec;
  readonly weights: Float32Array;
}

export interface TrainingData {
  readonly training: NetworkData;
  /** Decides when to stop and which epoch's weights are kept; never learned from. */
  readonly validation: NetworkData;
}

export interface EpochReport {
  /** From 1. */
  readonly epoch: number;
  /** Mean loss a row: pinball over targets and quantiles, or cross-entropy in nats. */
  readonly trainingLoss: number;
  readonly validationLoss: number;
  readonly durationMs: number;
}

export interface TrainingSettings {
  /** Decides initial weights, the order of rows and dropout. */
  readonly seed: number;
  readonly epochLimit: number;
  readonly batchSize: number;
  readonly learningRate: number;
  /** Training ends after so many epochs without a better validation loss. */
  readonly patience: number;
  /** Share of the numbers before the output layer that a training step leaves out, in [0, 1). */
  readonly dropout: number;
  /** Longest gradient, over all weights; a longer one is shortened to it. */
  readonly gradientLimit: number;
}

export const defaultTrainingSettings: TrainingSettings = { seed: 1, epochLimit: 30, batchSize: 128, learningRate: 0.003, patience: 4, dropout: 0, gradientLimit: 1 };

export interface TrainingOptions extends Partial<TrainingSettings> {
  /** When it aborts, training ends with its reason after the step that runs. */
  readonly signal?: AbortSignal;
  readonly onEpoch?: (report: EpochReport) => void;
  /** Weights to go on from instead of drawn ones. */
  readonly startWeights?: Float32Array;
}

export interface TrainedNetwork extends NetworkWeights {
  readonly epochs: readonly EpochReport[];
  /** The epoch whose weights these are; 0 when no epoch was better than the weights it began with. */
  readonly bestEpoch: number;
  readonly validationLoss: number;
}

export interface LoadedNetwork {
  /**
   * Quantiles (rising, targets x quantiles a row) or probabilities of classes, row after row.
   *
   * @throws ORRERY_VALIDATION when the rows do not fit the network; ORRERY_NUMERICAL when a result is not finite.
   */
  predict(batch: NetworkBatch): Promise<Float32Array>;
  /** Frees what it holds; it cannot predict afterwards. */
  close(): Promise<void>;
}

export interface RuntimeDescription {
  readonly runtime: RuntimeName;
  /** The library and its version. */
  readonly library: string;
  /** Null before the first {@link TensorRuntime.probe}, and where the processor computes. */
  readonly adapter: AdapterInfo | null;
}

/** Where networks are trained and, when nothing faster serves them, evaluated. */
export interface TensorRuntime {
  readonly name: RuntimeName;
  /** Never throws: what goes wrong is the reason. Loads the library when asked first. */
  probe(): Promise<RuntimeProbe>;
  /**
   * Learns weights by Adam on the training part until the validation part gets no better.
   *
   * @throws ORRERY_VALIDATION for data that do not fit; ORRERY_NUMERICAL when the loss leaves the finite numbers; ORRERY_DEPENDENCY when the runtime cannot compute here;
   * the signal's reason when it aborts.
   */
  train(spec: NetworkSpec, data: TrainingData, options?: TrainingOptions): Promise<TrainedNetwork>;
  /** @throws ORRERY_VALIDATION when the weights do not fit the spec; ORRERY_DEPENDENCY when the runtime cannot compute here. */
  load(network: NetworkWeights): Promise<LoadedNetwork>;
  describe(): RuntimeDescription;
}
