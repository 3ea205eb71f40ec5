import { Dense, softsignSlope, type Gradients } from './dense.js';
import { headCount, hiddenCount, layout } from './layout.js';

/** What a job agent says to the features of its job: one hidden layer with softsign, and a linear output a head. */
export class AgentNetwork {
  /** As the last forward pass left them. */
  readonly hidden = new Float64Array(hiddenCount);
  readonly outputs = new Float64Array(headCount);
  private readonly first: Dense;
  private readonly second: Dense;

  constructor(parameters: Float64Array) {
    this.first = new Dense(parameters, layout.hidden);
    this.second = new Dense(parameters, layout.heads);
  }

  forward(features: Float64Array): Float64Array {
    this.first.bounded(features, 0, this.hidden, 0);
    this.second.linear(this.hidden, 0, this.outputs, 0);
    return this.outputs;
  }

  /** Adds to the gradients, of the state that the last forward pass left. @param slopes of a loss, by head. */
  backward(features: Float64Array, slopes: Float64Array, into: Gradients): void {
    const byHidden = new Float64Array(hiddenCount);
    this.second.backward(this.hidden, 0, slopes, { parameters: into.parameters, inputs: byHidden, inputsAt: 0 });
    for (let unit = 0; unit < hiddenCount; unit += 1) byHidden[unit] = (byHidden[unit] as number) * softsignSlope(this.hidden[unit] as number);
    this.first.backward(features, 0, byHidden, into);
  }
}
