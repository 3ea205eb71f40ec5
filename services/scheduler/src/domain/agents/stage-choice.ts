import type { ListRules } from '../heuristics/list-policy.js';
import type { JobShape } from '../state/job-shape.js';
import type { StageState } from '../state/job-state.js';
import type { Observation } from '../state/observation.js';
import type { JobView } from './job-view.js';
import { embeddingSize, layout, stageTraitCount } from './layout.js';
import { referenceCount, taskCurves } from './parallelism-curve.js';
import { logRatio } from './stage-inputs.js';

/** Traits that do not change: path to the end, duration of a task, how much tasks slow each other down, stages that follow. */
const fixedTraitCount = 4;
const fixedTraits = new WeakMap<JobShape, Float64Array>();
const limit = 3;

/**
 * Chooses the stage of a job that is next: as the heuristic does, with what a stage is worth there multiplied by the exponential of a learned
 * sum over its traits and its embedding.
 */
export class StageChoice {
  private readonly weights: Float64Array;
  private readonly isLearned: boolean;

  constructor(
    parameters: Float64Array,
    private readonly rule: ListRules['stage'],
  ) {
    this.weights = parameters.subarray(layout.stageChoiceAt, layout.stageChoiceAt + stageTraitCount + embeddingSize);
    this.isLearned = this.weights.some((weight) => weight !== 0);
  }

  /** Looks at what is ready of a job and sets it in its view. */
  look(observation: Observation, view: JobView): void {
    const { job } = view;
    const stages = observation.candidatesOf?.(job) ?? job.stages;
    let best: StageState | undefined;
    let bestWorth = -Infinity;
    view.readyCount = 0;
    view.readyDemand = 0;
    for (let index = 0; index < stages.length; index += 1) {
      const stage = stages[index] as StageState;
      if (!observation.isReady(stage)) continue;
      view.readyCount += 1;
      view.readyDemand += stage.demand;
      if (best?.isRunnable === true && !stage.isRunnable) continue;
      const worth = this.worthOf(view, stage);
      if (best !== undefined && worth <= bestWorth && (best.isRunnable || !stage.isRunnable)) continue;
      best = stage;
      bestWorth = worth;
    }
    view.stage = best;
  }

  private worthOf(view: JobView, stage: StageState): number {
    const { shape } = stage;
    // An index is no quantity that could be multiplied: the first of 0, 1, 2 … is worth most.
    const plain = this.rule === 'critical-work' ? shape.criticalWorkMs : 1 / (1 + shape.index);
    return this.isLearned ? plain * Math.exp(this.learned(view, stage)) : plain;
  }

  private learned(view: JobView, { shape, startedCount, demand }: StageState): number {
    const { weights } = this;
    const fixed = fixedTraitsOf(view.job.shape);
    let sum = 0;
    for (let trait = 0; trait < fixedTraitCount; trait += 1) sum += (weights[trait] as number) * (fixed[shape.index * fixedTraitCount + trait] as number);
    sum += (weights[4] as number) * bounded(Math.log((shape.taskCount - startedCount) / 50));
    sum += (weights[5] as number) * (startedCount > 0 ? 1 : 0);
    sum += (weights[6] as number) * bounded(Math.log(Math.max(demand, 1) / 50));
    const { stages } = view.embedding;
    for (let index = 0; index < embeddingSize; index += 1) sum += (weights[stageTraitCount + index] as number) * (stages[shape.index * embeddingSize + index] as number);
    return sum;
  }
}

function fixedTraitsOf(shape: JobShape): Float64Array {
  let known = fixedTraits.get(shape);
  if (known === undefined) {
    const curves = taskCurves(shape);
    known = new Float64Array(shape.stages.length * fixedTraitCount);
    for (const { index, criticalPathMs, meanTaskMs, children } of shape.stages) {
      const at = index * fixedTraitCount;
      known[at] = bounded(logRatio(criticalPathMs, 10_000));
      known[at + 1] = bounded(logRatio(meanTaskMs, 1000));
      known[at + 2] = bounded(logRatio(curves[index * referenceCount + 3] as number, curves[index * referenceCount] as number));
      known[at + 3] = bounded(children.length / 3);
    }
    fixedTraits.set(shape, known);
  }
  return known;
}

function bounded(value: number): number {
  return Math.max(-limit, Math.min(limit, value));
}
