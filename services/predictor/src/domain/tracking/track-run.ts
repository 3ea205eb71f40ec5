import { deterministicId, workflowIdOf } from '@orrery/contracts';
import { advanceRun, followRun, type RunProgress } from '../eta/index.js';
import type { Execution } from '../history/execution.js';
import { learnLength, predictNext, type NextTaskModel, type Transition } from '../next-task/index.js';
import { scoreNextTask, type MadePrediction, type ScoredPrediction } from './ledger-entry.js';
import type { WorkflowState } from './workflow-state.js';

/** Ended tasks that transitions are learned and predicted from. */
const contextLength = 20;

export interface TrackedRun {
  readonly progress: RunProgress;
  readonly state: WorkflowState;
  /** What was expected to come before it came; null for the first task that was ever seen, for repeats, and for ends of runs. */
  readonly scored: ScoredPrediction | null;
}

/**
 * Takes an execution into its run: what came next is held against what was expected, then learned. That a run ends is no part of it, for
 * the end comes over another topic: the expected task is the likeliest if the run goes on.
 */
export function trackRun(execution: Execution, progress: RunProgress, state: WorkflowState, model: NextTaskModel | null): TrackedRun {
  if (execution.observation.subject === 'run') {
    const ended = advanceRun(progress, execution);
    const isNew = progress.finishedAtMs === null && ended.finishedAtMs !== null;
    return { progress: ended, state: isNew ? { ...state, lengths: learnLength(state.lengths, execution.taskCount) } : state, scored: null };
  }
  const { shape, progress: advanced, transition } = followRun({ shape: state.shape, progress }, execution);
  if (transition === null) return { progress: advanced, state, scored: null };
  const scored = scoreTransition(execution, transition, state, model);
  state.transitions.observeNext(transition.context.slice(-contextLength), transition.next);
  return { progress: advanced, state: { ...state, shape }, scored };
}

function scoreTransition(execution: Execution, { context, next }: Transition, state: WorkflowState, model: NextTaskModel | null): ScoredPrediction | null {
  const { expected, basis } = predictNext({ ngram: state.transitions, model, prefix: context.slice(-contextLength), endShare: 0, annotations: [] });
  if (expected === null) return null;
  const { tenantId, engine, namespace, workflow, runId, observationId, observedAtMs, startedAtMs } = execution.observation;
  const prediction: MadePrediction = {
    predictionId: deterministicId('prediction', observationId, 'next_task'),
    origin: 'tracked',
    workflowId: workflowIdOf({ tenantId, engine, namespace, workflow }),
    workflow: { engine, namespace, workflow },
    ...{ task: context.at(-1) ?? '', runId, target: 'next_task', madeAtMs: startedAtMs ?? observedAtMs },
    basis: { model: basis.model, version: basis.version, samples: basis.samples, level: 4 },
    ...{ interval: null, probability: expected.learnedProbability, nextTask: expected.task, reasons: [], floors: [] },
  };
  return scoreNextTask(prediction, next, observedAtMs);
}
