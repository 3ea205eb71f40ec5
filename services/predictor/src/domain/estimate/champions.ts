import type { BoostedModel } from '../boosted/index.js';
import type { FailureModel } from '../failure/index.js';
import type { NextTaskModel } from '../next-task/index.js';
import type { Versioned } from './estimate-duration.js';

/** The trained models that serve now; null where none was ever good enough. */
export interface Champions {
  readonly duration: Versioned<BoostedModel> | null;
  readonly memory: Versioned<BoostedModel> | null;
  readonly failure: Versioned<FailureModel> | null;
  /** Of a workflow. */
  nextTask(workflowId: string): NextTaskModel | null;
}

export const noChampions: Champions = { duration: null, memory: null, failure: null, nextTask: () => null };
