import type { NetworkData, NetworkSpec } from '@orrery/learning';
import { targetWidth } from '@orrery/learning';
import { forward, type ForwardPass } from './tfjs-forward.js';
import type { Tensor, Tensor2D, TensorFlow } from './tensor-flow.js';

/** What came of the rows, on a backend. */
export interface TargetTensors {
  /** [rows, targets, 1], 0 where a target is not known, or one-hot [rows, classes]. */
  readonly values: Tensor;
  /** 1 where a target is known; null for a classifier. */
  readonly known: Tensor | null;
  /** How many losses are summed: known targets times quantiles, or rows. */
  readonly count: number;
}

/** Puts targets on the backend that is current. */
export function targetTensors(tf: TensorFlow, spec: NetworkSpec, data: NetworkData): TargetTensors {
  if (spec.kind === 'sequence-classifier') {
    const classes = tf.tidy(() => tf.oneHot(tf.tensor1d(data.targets.slice(), 'int32'), spec.classCount).toFloat());
    return { values: classes, known: null, count: data.rowCount };
  }
  const shape: [number, number, number] = [data.rowCount, targetWidth(spec), 1];
  const known = Float32Array.from(data.targets, (target) => (Number.isNaN(target) ? 0 : 1));
  const values = Float32Array.from(data.targets, (target) => (Number.isNaN(target) ? 0 : target));
  return { values: tf.tensor3d(values, shape), known: tf.tensor3d(known, shape), count: known.reduce((sum, one) => sum + one, 0) * spec.quantiles.length };
}

/** The sum of the losses: pinball over known targets and quantiles, or cross-entropy in nats. */
export function summedLoss(spec: NetworkSpec, pass: ForwardPass, targets: TargetTensors): Tensor {
  const { tf } = pass;
  const output = forward(spec, pass);
  if (spec.kind === 'sequence-classifier') return tf.logSoftmax(output).mul(targets.values).sum().neg();
  const quantiles = tf.tensor3d([...spec.quantiles], [1, 1, spec.quantiles.length]);
  const errors = targets.values.sub(output.reshape([-1, targetWidth(spec), spec.quantiles.length]));
  const losses = tf.maximum(errors.mul(quantiles), errors.mul(quantiles.sub(1)));
  return targets.known === null ? losses.sum() : losses.mul(targets.known).sum();
}

/** Quantiles as they come, or probabilities of classes: [rows, width]. */
export function outputs(spec: NetworkSpec, pass: ForwardPass): Tensor2D {
  const output = forward(spec, pass);
  return spec.kind === 'sequence-classifier' ? output.softmax() : output;
}
