import { seededRandom } from '@orrery/stats';

/** Where the weights and biases of a dense layer lie among all parameters; weights row by row, a row an output. */
export interface LayerShape {
  readonly inputCount: number;
  readonly outputCount: number;
  readonly weightsAt: number;
  readonly biasesAt: number;
}

/** Numbers that say what a stage of a graph is like. */
export const stageInputCount = 8;
/** Length of what the graph network makes of a stage. */
export const embeddingSize = 6;
/** Numbers that say how a job stands, beside the embeddings of its next stage and of its graph. */
export const localFeatureCount = 36;
export const featureCount = localFeatureCount + 2 * embeddingSize;
export const hiddenCount = 16;
/** What stages of a job are compared by, beside their embeddings. */
export const stageTraitCount = 7;

/** What a job agent says: how much it bids, how many executors it wants, how many may stay, whether it takes what no share claims. */
export const heads = { bid: 0, parallelism: 1, staying: 2, leftovers: 3 } as const;
export const headCount = 4;

/** Numbers that correct the heuristic itself. */
export const corrections = { order: 0, staying: 1, shareExponent: 2, parallelism: 3 } as const;
const correctionCount = 4;

export interface Layout {
  readonly correctionsAt: number;
  /** Weights of the traits and the embedding of a stage, in the choice of the next stage. */
  readonly stageChoiceAt: number;
  readonly hidden: LayerShape;
  readonly heads: LayerShape;
  /** What a stage is by itself. */
  readonly own: LayerShape;
  /** What it tells those before it. */
  readonly message: LayerShape;
  /** What it makes of all it was told. */
  readonly joined: LayerShape;
  readonly parameterCount: number;
}

/** Where everything lies in the one array of parameters. */
export const layout: Layout = layOut();

function layOut(): Layout {
  let at = 0;
  const next = (count: number): number => {
    at += count;
    return at - count;
  };
  const layer = (inputCount: number, outputCount: number): LayerShape => ({ inputCount, outputCount, weightsAt: next(inputCount * outputCount), biasesAt: next(outputCount) });
  const parts = {
    correctionsAt: next(correctionCount),
    stageChoiceAt: next(stageTraitCount + embeddingSize),
    hidden: layer(featureCount, hiddenCount),
    heads: layer(hiddenCount, headCount),
    own: layer(stageInputCount, embeddingSize),
    message: layer(embeddingSize, embeddingSize),
    joined: layer(embeddingSize, embeddingSize),
  };
  return { ...parts, parameterCount: at };
}

/** Spread of the first weights of layers: wide enough that single features tell, narrow enough that units are not stuck. */
const hiddenSpread = 1.9;

/**
 * Parameters with which a policy does exactly what its heuristic does: inner layers are random, so that there is something to learn from, and all that
 * reaches a decision is zero.
 *
 * @example firstParameters(100_000).length === layout.parameterCount
 */
export function firstParameters(seed: number): Float64Array {
  const random = seededRandom(seed);
  const parameters = new Float64Array(layout.parameterCount);
  const fill = ({ weightsAt, inputCount, outputCount }: LayerShape, spread: number): void => {
    for (let index = 0; index < inputCount * outputCount; index += 1) parameters[weightsAt + index] = spread * random.normal();
  };
  fill(layout.hidden, hiddenSpread / Math.sqrt(featureCount));
  fill(layout.own, 0.5);
  fill(layout.message, 1 / Math.sqrt(embeddingSize));
  fill(layout.joined, 1 / Math.sqrt(embeddingSize));
  return parameters;
}
