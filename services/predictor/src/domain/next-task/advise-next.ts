import type { PredictionMode } from './guidance.js';
import type { NextTaskCandidate } from './predict-next.js';
import { endOfRun } from './transition.js';

/** What may be done with a prediction of the next task. */
export interface NextTaskAdvice {
  /** In words; null where nobody is to be told. */
  readonly advice: string | null;
  /** What is decided; empty for the end of the run, null where nothing is. */
  readonly decision: string | null;
}

/** Below that, a decision would be wrong as often as right. */
const leastToDecide = 0.5;
/** What is left when bad transitions are taken away may have been seen next to never: then a person decides. */
const leastSeen = 0.2;

/**
 * What a mode makes of candidates. Only `decide` decides, and neither a transition that is marked as bad, nor one that is less likely
 * than not, nor one that was hardly ever seen and that nobody marked as good.
 *
 * @param lastTask the task that ended last; empty at the beginning of the run.
 */
export function adviseNext(mode: PredictionMode, candidates: readonly NextTaskCandidate[], lastTask: string): NextTaskAdvice {
  const [best] = candidates;
  if (best === undefined || mode === 'off' || mode === 'shadow') return { advice: null, decision: null };
  const isSupported = best.annotation === 'good' || (best.annotation === '' && best.learnedProbability >= leastSeen);
  const isDecided = mode === 'decide' && isSupported && best.probability >= leastToDecide;
  return { advice: adviceOf(best, candidates, lastTask), decision: isDecided ? best.task : null };
}

function adviceOf(best: NextTaskCandidate, candidates: readonly NextTaskCandidate[], lastTask: string): string {
  const after = lastTask === '' ? 'at the beginning' : `after ${lastTask}`;
  if (best.annotation === 'bad') return `Stop and look: all that is known to come ${after} is marked as bad, first of all ${nameOf(best)}.`;
  const avoided = candidates.filter(({ annotation, learnedProbability }) => annotation === 'bad' && learnedProbability > best.learnedProbability);
  const mark = best.annotation === 'good' ? ', and is marked as good' : '';
  const warning = avoided.length === 0 ? '' : ` Usual but marked as bad: ${avoided.map(nameOf).join(', ')}.`;
  return `${capitalised(nameOf(best))} is expected next ${after} (${Math.round(best.learnedProbability * 100)} %)${mark}.${warning}`;
}

function nameOf({ task }: NextTaskCandidate): string {
  return task === endOfRun ? 'the end of the run' : task;
}

// Names of tasks stay as they are written.
function capitalised(text: string): string {
  return text.startsWith('the end') ? `T${text.slice(1)}` : text;
}
