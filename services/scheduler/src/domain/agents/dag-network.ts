import { Dense, softsignSlope, type Gradients } from './dense.js';
import { embeddingSize, layout, stageInputCount } from './layout.js';

/** Stages of a job and what follows on them. */
export interface Dag {
  /** Indexes of the stages, parents before children. */
  readonly order: readonly number[];
  readonly stages: readonly { readonly children: readonly number[] }[];
}

/** Of the inputs of a stage, this one is 1 when it is done: it is then no part of the summary. */
export const doneInput = stageInputCount - 1;
/** Graphs of a few open stages have summaries around 1. */
const summaryScale = 1 / 4;

/** What the network makes of a graph; {@link embeddingSize} numbers a stage. */
export class DagEmbedding {
  /** What a stage is by itself, and what it makes of what follows on it; the embedding is their sum. */
  readonly own: Float64Array;
  readonly joined: Float64Array;
  readonly stages: Float64Array;
  readonly messages: Float64Array;
  /** Stages of which the inputs changed since; all, before the first pass. */
  readonly isStale: Uint8Array;
  /** Sum over the stages that are not done, scaled. */
  readonly summary = new Float64Array(embeddingSize);

  constructor(stageCount: number) {
    const size = stageCount * embeddingSize;
    this.own = new Float64Array(size);
    this.joined = new Float64Array(size);
    this.stages = new Float64Array(size);
    this.messages = new Float64Array(size);
    this.isStale = new Uint8Array(stageCount).fill(1);
  }
}

/**
 * A graph network from the leaves to the roots: `e_v = g(sum of f(e_u) over the children u) + h(x_v)`, with dense layers f, g and h through softsign.
 * What follows on a stage is in its embedding; the second layer g lets it tell a long path from a wide one.
 *
 * Source: the form of Mao et al. 2019 (SIGCOMM), equation 1.
 */
export class DagNetwork {
  private readonly own: Dense;
  private readonly message: Dense;
  private readonly joined: Dense;
  private readonly told = new Float64Array(embeddingSize);

  constructor(parameters: Float64Array) {
    this.own = new Dense(parameters, layout.own);
    this.message = new Dense(parameters, layout.message);
    this.joined = new Dense(parameters, layout.joined);
  }

  /**
   * Works out what is stale, and what leads to it. Stages that are done keep what they had: nothing that is open depends on them.
   *
   * @param inputs {@link stageInputCount} numbers a stage, by its index.
   */
  forward({ order, stages }: Dag, inputs: Float64Array, into: DagEmbedding): void {
    const { isStale, summary } = into;
    summary.fill(0);
    for (let place = order.length - 1; place >= 0; place -= 1) {
      const stage = order[place] as number;
      if (inputs[stage * stageInputCount + doneInput] === 1) continue;
      const { children } = stages[stage] as Dag['stages'][number];
      for (let child = 0; child < children.length && isStale[stage] === 0; child += 1) isStale[stage] = isStale[children[child] as number] as number;
      if (isStale[stage] === 1) this.embed(stage, children, inputs, into);
      const at = stage * embeddingSize;
      for (let index = 0; index < embeddingSize; index += 1) summary[index] = (summary[index] as number) + (into.stages[at + index] as number) * summaryScale;
    }
    isStale.fill(0);
  }

  private embed(stage: number, children: readonly number[], inputs: Float64Array, into: DagEmbedding): void {
    const at = stage * embeddingSize;
    this.gather(children, into.messages);
    this.own.bounded(inputs, stage * stageInputCount, into.own, at);
    this.joined.bounded(this.told, 0, into.joined, at);
    for (let index = at; index < at + embeddingSize; index += 1) into.stages[index] = (into.own[index] as number) + (into.joined[index] as number);
    this.message.bounded(into.stages, at, into.messages, at);
  }

  /**
   * Adds to the gradients what a change of each parameter and stage input does to a loss.
   *
   * @param slopes of the loss, by each number of the embeddings and by each of the summary.
   */
  backward({ order, stages }: Dag, inputs: Float64Array, embedding: DagEmbedding, { slopes, into }: DagBackward): void {
    const byStage = Float64Array.from(slopes.stages);
    const byMessage = new Float64Array(byStage.length);
    const one = new Float64Array(embeddingSize);
    for (const stage of order) {
      const at = stage * embeddingSize;
      each((index) => (one[index] = (byMessage[at + index] as number) * softsignSlope(embedding.messages[at + index] as number)));
      this.message.backward(embedding.stages, at, one, { parameters: into.parameters, inputs: byStage, inputsAt: at });
      const isOpen = inputs[stage * stageInputCount + doneInput] === 0;
      if (isOpen) each((index) => (byStage[at + index] = (byStage[at + index] as number) + (slopes.summary[index] as number) * summaryScale));
      each((index) => (one[index] = (byStage[at + index] as number) * softsignSlope(embedding.own[at + index] as number)));
      this.own.backward(inputs, stage * stageInputCount, one, { parameters: into.parameters, inputs: into.inputs, inputsAt: stage * stageInputCount });
      const { children } = stages[stage] as Dag['stages'][number];
      this.gather(children, embedding.messages);
      each((index) => (one[index] = (byStage[at + index] as number) * softsignSlope(embedding.joined[at + index] as number)));
      const byTold = new Float64Array(embeddingSize);
      this.joined.backward(this.told, 0, one, { parameters: into.parameters, inputs: byTold, inputsAt: 0 });
      for (const child of children) each((index) => (byMessage[child * embeddingSize + index] = (byMessage[child * embeddingSize + index] as number) + (byTold[index] as number)));
    }
  }

  private gather(children: readonly number[], messages: Float64Array): void {
    const { told } = this;
    told.fill(0);
    for (let child = 0; child < children.length; child += 1) {
      const at = (children[child] as number) * embeddingSize;
      for (let index = 0; index < embeddingSize; index += 1) told[index] = (told[index] as number) + (messages[at + index] as number);
    }
  }
}

export interface DagBackward {
  readonly slopes: { readonly stages: Float64Array; readonly summary: Float64Array };
  readonly into: Omit<Gradients, 'inputsAt'>;
}

function each(action: (index: number) => void): void {
  for (let index = 0; index < embeddingSize; index += 1) action(index);
}
