import { BackOffNgram } from '@orrery/learning';
import { emptyShape, type WorkflowShape } from '../eta/index.js';
import { emptyLengths, type RunLengths } from '../next-task/index.js';
import { noCalibration, parseCalibration } from './calibration.js';
import { noDrift, type DriftState } from './drift.js';
import type { WorkflowTrust } from './track-execution.js';

/** What is known of a workflow beside the histories of its tasks. What only tasks or only runs teach is empty for the other. */
export interface WorkflowState extends WorkflowTrust {
  /** Of tasks. */
  readonly shape: WorkflowShape;
  /** Of tasks: which comes after which. It learns in place. */
  readonly transitions: BackOffNgram;
  /** Of runs. */
  readonly lengths: RunLengths;
}

/** Contexts of transitions that are kept; a workflow with more has no order to speak of. */
const mostContexts = 3000;
/** Tasks that a transition is learned after. */
export const longestContext = 3;

export function newWorkflowState(): WorkflowState {
  const transitions = new BackOffNgram({ order: longestContext, maxContexts: mostContexts });
  return { calibration: noCalibration, drift: noDrift, shape: emptyShape, lengths: emptyLengths, transitions };
}

/** The state as it is stored: plain JSON, and the transitions as bytes. */
export interface StoredState {
  readonly json: Omit<WorkflowState, 'transitions'>;
  readonly transitions: Uint8Array;
}

export function encodeWorkflowState({ transitions, ...json }: WorkflowState): StoredState {
  return { json, transitions: transitions.encode() };
}

/** @throws ORRERY_VALIDATION when it is no state of this version. */
export function decodeWorkflowState({ json, transitions }: StoredState): WorkflowState {
  const { calibration, drift, shape, lengths } = json as { readonly calibration: Parameters<typeof parseCalibration>[0]; readonly drift: DriftState; readonly shape: WorkflowShape; readonly lengths: RunLengths };
  return { calibration: parseCalibration(calibration), drift, shape, lengths, transitions: BackOffNgram.decode(transitions) };
}
