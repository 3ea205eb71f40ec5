import { OrreryError } from '@orrery/errors';
import { NextTaskModel as BoostedNextTask, type Sequence } from '@orrery/learning';
import { compareLosses, splitByTime, type PastExecution, type TimeSplit, type TrainingControl, type TrainingReport } from '../../domain/boosted/index.js';
import { foretell, metricsOf, missesOf, onlineFollower, onlineHistory, type Foretold } from '../next-task/measure-next-task.js';
import { decodeNextTask, encodeNetwork, encodeTrees, eventOf, networkPredictor, treesPredictor, type NextTaskPredictor } from '../next-task/next-task-artifact.js';
import { fitPlainClassifiers, type PlainClassifiers } from '../next-task/plain-classifiers.js';
import { taskRunsOf, type TaskRun } from '../next-task/task-runs.js';
import { trainNextTaskNetwork, type TrainedSequenceNetwork } from './train-next-task-network.js';
import type { TrainingJob, TrainingResult } from './training-job.js';

/** Runs of a workflow before training makes sense. */
const fewestRuns = 60;

/** A model that could serve. */
interface Contender {
  readonly name: string;
  readonly predictor: NextTaskPredictor;
  readonly encode: () => Uint8Array;
}

/**
 * Trains models of the next task of one workflow: boosted trees over the tasks so far, blended with an n-gram, and a recurrent network. The
 * better one on the validation runs is the result; it is measured on the newest runs beside what is learned online without training.
 *
 * @throws ORRERY_VALIDATION when there are too few runs, ORRERY_CONFLICT when it was told to stop.
 */
export async function trainNextTask(job: TrainingJob, examples: readonly PastExecution[], control: Omit<TrainingControl, 'seed'>): Promise<TrainingResult> {
  const runs = taskRunsOf(examples);
  const split = splitByTime(runs);
  const { training, validation, heldOut } = split;
  if (runs.length < fewestRuns || Math.min(training.length, validation.length, heldOut.length) < fewestRuns / 15) throw tooFew(runs.length);
  const trees = trainTrees(split, job.seed, control);
  const network = await trainNextTaskNetwork(job, split, control);
  const contenders = [contenderOfTrees(trees), ...(network.trained === null ? [] : [contenderOfNetwork(network.trained)])];
  control.onProgress?.({ phase: 'measuring', share: 0.95, words: `${heldOut.length} newest runs` });
  const chosen = bestOf(contenders, validation);
  const readable = fitPlainClassifiers(training);
  const report = reportOf({ runs, split, contenders, chosen, readable, job });
  return {
    artifact: chosen.encode(),
    report: { ...report, hyperParameters: { ...treeSettings(trees, job.seed), ...network.settings, readable_rows: readable.rowCount }, ...(network.reason === undefined ? {} : { chosenBy: `${report.chosenBy}; no network: ${network.reason}` }) },
    ...(network.trained === null ? {} : { runtime: network.trained.runtime }),
  };
}

function trainTrees({ training, validation }: TimeSplit<TaskRun>, seed: number, { onProgress, shouldStop }: Omit<TrainingControl, 'seed'>): BoostedNextTask {
  let rounds = 0;
  return BoostedNextTask.fit({
    training: training.map(sequenceOf),
    validation: validation.map(sequenceOf),
    seed,
    onRound: (round, validationLoss) => {
      if (shouldStop?.() === true) throw new OrreryError('ORRERY_CONFLICT', `the training was stopped in round ${round + 1}`);
      onProgress?.({ phase: 'training', share: Math.min(0.45, (rounds++ * 0.45) / 200), words: `trees, round ${round + 1}, validation loss ${validationLoss.toFixed(4)}` });
      return undefined;
    },
  });
}

function sequenceOf({ runId, tasks }: TaskRun): Sequence {
  return { id: runId, events: tasks.map(eventOf) };
}

function treeSettings({ choice }: BoostedNextTask, seed: number): TrainingReport['hyperParameters'] {
  return { n_gram_order: choice.order, n_gram_share: choice.ngramShare, seed };
}

function contenderOfTrees(model: BoostedNextTask): Contender {
  return { name: 'gradient_boosting', predictor: treesPredictor(model), encode: () => encodeTrees(model) };
}

function contenderOfNetwork({ network }: TrainedSequenceNetwork): Contender {
  return { name: 'network', predictor: networkPredictor(network), encode: () => encodeNetwork(network) };
}

/** The one that foretells more of the validation runs; trees, where both are alike: they are smaller and answer faster. */
function bestOf(contenders: readonly Contender[], validation: readonly TaskRun[]): Contender {
  const scored = contenders.map((contender) => ({ contender, accuracy: metricsOf(foretell(contender.name, validation, () => contender.predictor)).accuracy ?? 0 }));
  return scored.reduce((best, other) => (other.accuracy > best.accuracy ? other : best)).contender;
}

interface Measured {
  readonly runs: readonly TaskRun[];
  readonly split: TimeSplit<TaskRun>;
  readonly contenders: readonly Contender[];
  readonly chosen: Contender;
  readonly readable: PlainClassifiers;
  readonly job: TrainingJob;
}

function reportOf({ runs, split, contenders, chosen, readable, job }: Measured): Omit<TrainingReport, 'hyperParameters'> {
  const { training, validation, heldOut } = split;
  const of = ({ name, predictor }: Pick<Contender, 'name' | 'predictor'>): Foretold => foretell(name, heldOut, () => predictor);
  const own = of(chosen);
  const others = [...contenders.filter((contender) => contender !== chosen), ...readable.classifiers].map(of);
  const present = job.champion === null ? [] : [of({ name: `champion ${job.champion.version}`, predictor: decodeNextTask(job.champion.artifact) })];
  const plain = [foretell('n_gram', heldOut, onlineHistory(runs)), foretell('last_task', heldOut, onlineFollower(runs))];
  const groups = own.rows.map(({ runId }) => runId);
  return {
    rows: { usable: runs.length, training: training.length, validation: validation.length, heldOut: heldOut.length },
    window: { fromMs: runs[0]?.startedAtMs ?? 0, untilMs: runs.at(-1)?.startedAtMs ?? 0, heldOutFromMs: heldOut[0]?.startedAtMs ?? 0 },
    chosenBy: 'the share of next tasks that were foretold on the validation runs, which also tell when to stop',
    candidate: chosen.name,
    metrics: Object.fromEntries([own, ...others, ...present, ...plain].map((candidate) => [candidate.name, metricsOf(candidate)])),
    calibration: calibrationOf(own),
    comparisons: [...present, ...plain].map((rival) => compareLosses(rival.name, missesOf(own), missesOf(rival), groups)),
    lossName: 'share of next tasks that were not foretold',
    drawing: readable.drawing,
  };
}

const plottedGroups = 5;

/** Groups of like certainty: how sure the model was of what it said, and how often that came. */
function calibrationOf({ rows }: Foretold): TrainingReport['calibration'] {
  const rising = rows.map(({ said, truth, certainty }) => ({ isRight: Number(said === truth), certainty })).sort((left, right) => left.certainty - right.certainty);
  return Array.from({ length: plottedGroups }, (_, group) => {
    const part = rising.slice(Math.floor((group * rising.length) / plottedGroups), Math.floor(((group + 1) * rising.length) / plottedGroups));
    const mean = (value: (row: (typeof part)[number]) => number) => part.reduce((sum, row) => sum + value(row), 0) / part.length;
    return { nominal: mean(({ certainty }) => certainty), observed: mean(({ isRight }) => isRight) };
  }).filter(({ nominal }) => !Number.isNaN(nominal));
}

function tooFew(count: number): OrreryError {
  return new OrreryError('ORRERY_VALIDATION', `too few examples: there are ${count} ended runs of the workflow with tasks, ${fewestRuns} that lie apart in time are needed`, { details: { found: count, needed: fewestRuns } });
}
