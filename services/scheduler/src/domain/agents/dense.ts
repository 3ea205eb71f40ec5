import type { LayerShape } from './layout.js';

/** What a backward pass adds to. */
export interface Gradients {
  /** By parameter. */
  readonly parameters: Float64Array;
  /** By input, from {@link inputsAt} on. */
  readonly inputs: Float64Array;
  readonly inputsAt: number;
}

/** A dense layer over one array of parameters, which is not copied. */
export class Dense {
  constructor(
    private readonly parameters: Float64Array,
    readonly shape: LayerShape,
  ) {}

  /** `outputs = W inputs + b`, from the given places on. */
  linear(inputs: Float64Array, inputsAt: number, outputs: Float64Array, outputsAt: number): void {
    const { parameters } = this;
    const { inputCount, outputCount, weightsAt, biasesAt } = this.shape;
    const even = inputCount - (inputCount % 4);
    let weight = weightsAt;
    for (let output = 0; output < outputCount; output += 1) {
      // Four sums that do not wait for each other are three times as quick as one.
      let first = parameters[biasesAt + output] as number;
      let second = 0;
      let third = 0;
      let fourth = 0;
      for (let input = 0; input < even; input += 4) {
        const at = weight + input;
        const from = inputsAt + input;
        first += (parameters[at] as number) * (inputs[from] as number);
        second += (parameters[at + 1] as number) * (inputs[from + 1] as number);
        third += (parameters[at + 2] as number) * (inputs[from + 2] as number);
        fourth += (parameters[at + 3] as number) * (inputs[from + 3] as number);
      }
      for (let input = even; input < inputCount; input += 1) first += (parameters[weight + input] as number) * (inputs[inputsAt + input] as number);
      weight += inputCount;
      outputs[outputsAt + output] = first + second + (third + fourth);
    }
  }

  /** The same through {@link softsign}. */
  bounded(inputs: Float64Array, inputsAt: number, outputs: Float64Array, outputsAt: number): void {
    this.linear(inputs, inputsAt, outputs, outputsAt);
    for (let output = outputsAt; output < outputsAt + this.shape.outputCount; output += 1) outputs[output] = softsign(outputs[output] as number);
  }

  /** Adds what a change of each parameter and input does to the loss, of which the slope by each output before its softsign is given. */
  backward(inputs: Float64Array, inputsAt: number, slopes: Float64Array, into: Gradients): void {
    const { inputCount, outputCount, weightsAt, biasesAt } = this.shape;
    for (let output = 0; output < outputCount; output += 1) {
      const slope = slopes[output] as number;
      const weight = weightsAt + output * inputCount;
      add(into.parameters, biasesAt + output, slope);
      for (let input = 0; input < inputCount; input += 1) {
        add(into.parameters, weight + input, slope * (inputs[inputsAt + input] as number));
        add(into.inputs, into.inputsAt + input, slope * (this.parameters[weight + input] as number));
      }
    }
  }
}

/** Between -1 and 1; unlike the hyperbolic tangent it is exactly the same on every machine. */
export function softsign(value: number): number {
  return value / (1 + Math.abs(value));
}

/** The slope of the softsign where it has this value. */
export function softsignSlope(value: number): number {
  return (1 - Math.abs(value)) ** 2;
}

function add(values: Float64Array, at: number, more: number): void {
  values[at] = (values[at] as number) + more;
}
