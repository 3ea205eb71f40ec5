import { deterministicId, type WorkloadKey } from '@orrery/contracts';
import {
  adviseNext,
  calibrate,
  endShareOf,
  estimateDuration,
  estimateFailure,
  estimateMemory,
  floorNames,
  hashOf,
  predictNext,
  trainedMemory,
  type Basis,
  type Champions,
  type Estimate,
  type ExecutionQuery,
  type FailureEstimate,
  type HistoryChain,
  type MadePrediction,
  type MarkedTransition,
  type MemoryEstimate,
  type PredictionMode,
  type PredictionTarget,
  type WorkflowState,
} from '../domain/index.js';
import type { AnswerView } from './answer.view.js';
import type { Question } from './question.js';

/** All that an answer rests on. */
export interface Grounds {
  readonly chain: HistoryChain;
  /** Of the subject that is asked about: its intervals are calibrated by it. */
  readonly state: WorkflowState;
  /** Of the workflow's tasks and runs: what comes next. */
  readonly tasks: WorkflowState;
  readonly runs: WorkflowState;
  readonly champions: Champions;
  readonly workflowId: string;
  readonly key: WorkloadKey;
  /** Tasks of the run that ended already. */
  readonly finishedTasks: readonly string[];
  readonly mode: PredictionMode;
  readonly annotations: readonly MarkedTransition[];
  readonly nowMs: number;
  /** A number that makes the ids of this answer its own. */
  readonly nonce: string;
}

export interface Answer {
  readonly view: AnswerView;
  readonly made: readonly MadePrediction[];
}

/** Answers one question, and says what goes into the ledger. */
export function answerQuestion(question: Question, grounds: Grounds): Answer {
  const { chain, champions } = grounds;
  const query = executionQuery(question, grounds.nowMs);
  const asked = new Set<PredictionTarget>(question.targets);
  // The model of memory sees what the duration is estimated from.
  const duration = asked.has('duration') || (asked.has('memory') && champions.memory !== null) ? estimateDuration(chain, query, champions.duration) : null;
  const made: MadePrediction[] = [];
  const note = (prediction: MadePrediction): MadePrediction => {
    made.push(prediction);
    return prediction;
  };
  const view = {
    duration: asked.has('duration') ? durationOf(duration, question, grounds, note) : null,
    memory: asked.has('memory') ? memoryOf(estimateMemory(chain, query, trainedMemory(duration, champions)), question, grounds, note) : null,
    failure: asked.has('failure') ? failureOf(estimateFailure(chain, query, champions.failure), question, grounds, note) : null,
    next_task: asked.has('next_task') ? nextTaskOf(question, grounds, note) : null,
  };
  return { view, made };
}

type Note = (prediction: MadePrediction) => MadePrediction;

function executionQuery({ input_size_bytes: inputSizeBytes, attempt, revision, ref_name: refName, trigger, machine_factor: machineFactor }: Question, atMs: number): ExecutionQuery {
  return { atMs, inputSizeBytes: inputSizeBytes ?? null, attempt, revision: hashOf(revision), refName: hashOf(refName), trigger: hashOf(trigger), machineFactor: machineFactor ?? null };
}

function madeOf(target: PredictionTarget, { task, run_id: runId }: Question, { workflowId, key, nowMs, nonce }: Grounds, basis: Basis): MadePrediction {
  const { engine, namespace, workflow } = key;
  return {
    predictionId: deterministicId('asked prediction', nonce, target),
    ...{ origin: 'asked', workflowId, workflow: { engine, namespace, workflow }, task, runId: runId ?? null, target, basis, madeAtMs: nowMs },
    ...{ interval: null, probability: null, nextTask: null, reasons: [], floors: [] },
  };
}

function durationOf(duration: Estimate | null, question: Question, grounds: Grounds, note: Note): AnswerView['duration'] {
  if (duration === null) return null;
  const { p10, p50, p90 } = calibrate(grounds.state.calibration.duration, duration.interval);
  const { predictionId } = note({ ...madeOf('duration', question, grounds, duration.basis), interval: { p10, p50, p90 }, floors: duration.candidates.slice(-floorNames.length) });
  return { prediction_id: predictionId, p10_ms: p10, p50_ms: p50, p90_ms: p90, confidence: duration.confidence, basis: duration.basis };
}

function memoryOf(memory: MemoryEstimate | null, question: Question, grounds: Grounds, note: Note): AnswerView['memory'] {
  if (memory === null) return null;
  const { interval, allocationBytes, ladder, confidence, basis, floors } = memory;
  const { p10, p50, p90 } = calibrate(grounds.state.calibration.memory, interval);
  const { predictionId } = note({ ...madeOf('memory', question, grounds, basis), interval: { p10, p50, p90 }, floors });
  return {
    ...{ prediction_id: predictionId, p10_bytes: p10, p50_bytes: p50, p90_bytes: p90, confidence, basis },
    ...{ allocation_bytes: allocationBytes, retry_allocations_bytes: [...ladder] },
  };
}

function failureOf(failure: FailureEstimate, question: Question, grounds: Grounds, note: Note): AnswerView['failure'] {
  const { probability, reasons } = failure.prediction;
  const { predictionId } = note({ ...madeOf('failure', question, grounds, failure.basis), probability, reasons });
  return { prediction_id: predictionId, probability, reasons: [...reasons], basis: failure.basis };
}

/** In shadow it is held against what happens, and nobody is told what to do; switched off there is none. */
function nextTaskOf(question: Question, grounds: Grounds, note: Note): AnswerView['next_task'] {
  const { mode, tasks, runs, finishedTasks, annotations, champions, workflowId } = grounds;
  if (mode === 'off') return null;
  const endShare = endShareOf(runs.lengths, finishedTasks.length);
  const { candidates, expected, basis } = predictNext({ ngram: tasks.transitions, model: champions.nextTask(workflowId), prefix: finishedTasks, endShare, annotations });
  if (expected === null) return null;
  const rests = { model: basis.model, version: basis.version, samples: basis.samples, level: 4 } as const;
  const { predictionId } = note({ ...madeOf('next_task', question, grounds, rests), nextTask: expected.task, probability: expected.learnedProbability });
  const shown = candidates.slice(0, 10).map(({ task, probability, annotation }) => ({ task, probability, annotation }));
  return { prediction_id: predictionId, mode, ...adviseNext(mode, candidates, finishedTasks.at(-1) ?? ''), candidates: shown, basis: rests };
}
