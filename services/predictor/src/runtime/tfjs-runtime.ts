import { messageOf, OrreryError } from '@orrery/errors';
import {
  checkBatch,
  checkOutput,
  namedWeights,
  outputWidth,
  sliceRows,
  withRisingQuantiles,
  type AdapterInfo,
  type LoadedNetwork,
  type NetworkBatch,
  type NetworkSpec,
  type NetworkWeights,
  type RuntimeDescription,
  type RuntimeName,
  type RuntimeProbe,
  type TensorRuntime,
  type TrainedNetwork,
  type TrainingData,
  type TrainingOptions,
} from '@orrery/learning';
import { inputTensors, parameterTensors } from './tfjs-forward.js';
import { outputs } from './tfjs-loss.js';
import { trainNetwork } from './tfjs-training.js';
import { exclusively, type Tensor, type TensorFlow } from './tensor-flow.js';

export interface StartedBackend {
  readonly tf: TensorFlow;
  readonly adapter: AdapterInfo | null;
}

/** One way to compute with TensorFlow.js. */
export interface TfjsBackend {
  readonly runtime: RuntimeName;
  /** What TensorFlow.js calls it. */
  readonly backendName: string;
  /** The package that it comes in. */
  readonly library: string;
  /** Loads and registers it; what it throws is the reason why it cannot compute here. */
  start(): Promise<StartedBackend>;
}

const predictedRows = 1024;

/** A {@link TensorRuntime} on any backend of TensorFlow.js; nothing is loaded before it is needed. */
export class TfjsRuntime implements TensorRuntime {
  readonly name: RuntimeName;
  private started: Promise<StartedBackend> | undefined;
  private adapter: AdapterInfo | null = null;

  constructor(private readonly backend: TfjsBackend) {
    this.name = backend.runtime;
  }

  async probe(): Promise<RuntimeProbe> {
    try {
      const { adapter } = await exclusively(() => this.start());
      return { available: true, adapter };
    } catch (error) {
      return { available: false, reason: messageOf(error) };
    }
  }

  async train(spec: NetworkSpec, data: TrainingData, options: TrainingOptions = {}): Promise<TrainedNetwork> {
    options.signal?.throwIfAborted();
    return await exclusively(async () => await trainNetwork(await this.current(), spec, data, options));
  }

  async load({ spec, weights }: NetworkWeights): Promise<LoadedNetwork> {
    namedWeights(spec, weights);
    const parameters = await exclusively(async () => parameterTensors(await this.current(), spec, weights));
    return {
      predict: async (batch) => await exclusively(async () => await this.predict(spec, parameters, batch)),
      close: async () => {
        for (const tensor of parameters.values()) tensor.dispose();
      },
    };
  }

  describe(): RuntimeDescription {
    return { runtime: this.name, library: this.backend.library, adapter: this.adapter };
  }

  private async predict(spec: NetworkSpec, parameters: ReadonlyMap<string, Tensor>, batch: NetworkBatch): Promise<Float32Array> {
    checkBatch(spec, batch);
    const tf = await this.current();
    const all = new Float32Array(batch.rowCount * outputWidth(spec));
    for (let from = 0; from < batch.rowCount; from += predictedRows) {
      const rows = sliceRows(batch, from, Math.min(from + predictedRows, batch.rowCount));
      const output = tf.tidy(() => outputs(spec, { tf, parameters, inputs: inputTensors(tf, spec, rows) }));
      all.set(await output.data(), from * outputWidth(spec));
      output.dispose();
    }
    checkOutput(spec, all);
    return withRisingQuantiles(spec, all);
  }

  /** TensorFlow.js with this backend as its current one. Only inside {@link exclusively}. */
  private async current(): Promise<TensorFlow> {
    try {
      const { tf } = await this.start();
      if (tf.getBackend() !== this.backend.backendName) await use(tf, this.backend.backendName);
      return tf;
    } catch (cause) {
      throw new OrreryError('ORRERY_DEPENDENCY', `the runtime ${this.name} cannot compute here: ${messageOf(cause)}`, { cause, retriable: false });
    }
  }

  private start(): Promise<StartedBackend> {
    this.started ??= this.startOnce();
    return this.started;
  }

  private async startOnce(): Promise<StartedBackend> {
    const started = await this.backend.start();
    await use(started.tf, this.backend.backendName);
    this.adapter = started.adapter;
    return started;
  }
}

async function use(tf: TensorFlow, backendName: string): Promise<void> {
  const isSet = await tf.setBackend(backendName);
  await tf.ready();
  if (!isSet || tf.getBackend() !== backendName) throw new OrreryError('ORRERY_DEPENDENCY', `TensorFlow.js did not take the backend ${backendName}`, { retriable: false });
}
