import type * as TensorFlowModule from '@tensorflow/tfjs';

/** TensorFlow.js as every one of its packages exports it. */
export type TensorFlow = typeof TensorFlowModule;
export type Tensor = TensorFlowModule.Tensor;
export type Tensor2D = TensorFlowModule.Tensor2D;
export type Tensor3D = TensorFlowModule.Tensor3D;
export type Variable = TensorFlowModule.Variable;

let last: Promise<unknown> = Promise.resolve();

/** Runs one action after the other: TensorFlow.js has one current backend a thread, and actions that wait must not swap it under each other. */
export function exclusively<Result>(action: () => Promise<Result>): Promise<Result> {
  const next = last.then(action, action);
  last = next.catch(() => undefined);
  return next;
}
