import type { StageState } from '../state/job-state.js';
import type { JobView } from './job-view.js';
import { embeddingSize, featureCount, localFeatureCount } from './layout.js';
import { curveAt, referenceCount } from './parallelism-curve.js';
import { logRatio } from './stage-inputs.js';
import type { Situation } from './survey.js';

/** Features beyond this are told as this: a state unlike all others moves an agent no further than a strange one. */
export const featureLimit = 3;

/** What the local features are, in words for people, in their order. */
export const featureNames: readonly string[] = [
  ...['work left', 'work in all', 'share of all work left', 'executors it has', 'whether the offered stand at it', 'executors on offer', 'jobs that want executors'],
  ...['path to the end', 'tasks that are ready', 'stages that are ready', 'age', 'tasks left', 'duration of the next tasks', 'share by the heuristic'],
  ...['cost of 10 executors', 'cost of 20 executors', 'cost of 40 executors', 'cost of 80 executors', 'cost at its share', 'least work left', 'rank by work left'],
  ...['work left of all jobs', 'longest path left', 'whether a task could start now', 'slowdown of the next tasks by 20 executors', 'slowdown of the next tasks by 80 executors'],
  ...['tasks of the next stage', 'share by the heuristic, as a ratio', 'work left of smaller jobs', 'time since the last arrival', 'whether it is the smallest', 'executors it has, as a ratio'],
  ...['jobs', 'share of all work left, by cost', 'offered load', 'work left against its share'],
];

/** Writes what a job agent is told, from how its job stands and from the situation of all. */
export function writeFeatures(into: Float64Array, view: JobView, stage: StageState, situation: Situation): void {
  writeJob(into, view, situation);
  writeStage(into, view, stage, situation);
  writeCosts(into, view, stage);
  writeSituation(into, view, situation);
  for (let index = 0; index < localFeatureCount; index += 1) into[index] = Math.max(-featureLimit, Math.min(featureLimit, into[index] as number));
  const { stages, summary } = view.embedding;
  const at = stage.shape.index * embeddingSize;
  for (let index = 0; index < embeddingSize; index += 1) {
    into[localFeatureCount + index] = stages[at + index] as number;
    into[localFeatureCount + embeddingSize + index] = Math.max(-featureLimit, Math.min(featureLimit, summary[index] as number));
  }
}

export function newFeatures(): Float64Array {
  return new Float64Array(featureCount);
}

function writeJob(into: Float64Array, { job, elsewhere, isSource, share, rank }: JobView, { nowMs, executorCount, workLeftMs, hungryCount }: Situation): void {
  const leftMs = Math.max(1, job.remainingWorkMs);
  into[0] = Math.log(leftMs / 400_000) / 2;
  into[1] = logRatio(job.shape.workMs, 400_000) / 2;
  into[2] = leftMs / (workLeftMs + 1);
  into[3] = elsewhere / executorCount;
  into[4] = isSource ? 1 : -1;
  into[10] = Math.log1p((nowMs - job.terms.arrivedMs) / 30_000) - 0.7;
  into[11] = Math.min(job.remainingTaskCount / 300, 3) - 0.5;
  into[13] = share / executorCount;
  into[20] = (2 * (rank + 0.5)) / hungryCount - 1;
  into[27] = Math.log(share / executorCount) / 2 + 0.8;
  into[30] = rank === 0 ? 1 : -1;
  into[31] = Math.log(Math.max(1, elsewhere) / executorCount) / 2 + 0.8;
  into[35] = Math.log(leftMs / share / 20_000) / 2;
}

function writeStage(into: Float64Array, view: JobView, stage: StageState, { executorCount }: Situation): void {
  const { shape } = stage;
  into[7] = logRatio(shape.criticalPathMs, 20_000);
  into[8] = Math.min(view.readyDemand / executorCount, 2) - 0.5;
  into[9] = view.readyCount / 4 - 0.3;
  into[12] = logRatio(shape.meanTaskMs, 2000) / 2;
  into[22] = Math.log(Math.max(100, view.pathLeftMs) / 10_000) / 2;
  into[23] = stage.isRunnable ? 1 : -1;
  into[26] = Math.min(stage.demand / executorCount, 4) / 2 - 0.5;
}

function writeCosts(into: Float64Array, view: JobView, stage: StageState): void {
  const { curveMs, taskCurves } = view;
  const [five = 0, ten = 0, twenty = 0, forty = 0, eighty = 0] = curveMs;
  into[14] = 2 * logRatio(ten, five);
  into[15] = 2 * logRatio(twenty, ten);
  into[16] = 2 * logRatio(forty, twenty) - 0.5;
  into[17] = logRatio(eighty, five) - 0.7;
  into[18] = logRatio(curveAt(curveMs, view.share), five);
  into[19] = Math.log(Math.max(1000, five) / 400_000) / 2;
  const at = stage.shape.index * referenceCount;
  into[24] = 2 * logRatio(taskCurves[at + 2] as number, taskCurves[at] as number);
  into[25] = logRatio(taskCurves[at + 4] as number, taskCurves[at] as number) - 0.7;
}

function writeSituation(into: Float64Array, view: JobView, situation: Situation): void {
  const { executorCount, freeCount, jobCount, hungryCount, workLeftMs, workLeftOnTenMs, sinceArrivalMs, offeredLoad } = situation;
  into[5] = freeCount / executorCount;
  into[6] = Math.log(hungryCount) / 2 - 0.7;
  into[21] = Math.log(Math.max(1, workLeftMs) / executorCount / 20_000) / 2;
  into[28] = Math.log1p(view.smallerWorkMs / executorCount / 10_000) / 2 - 0.5;
  into[29] = Math.log1p(sinceArrivalMs / 10_000) / 2 - 0.5;
  into[32] = Math.min(jobCount, 60) / 30 - 0.6;
  into[33] = (view.curveMs[1] as number) / (workLeftOnTenMs + 1);
  into[34] = Math.log(offeredLoad);
}
