import type { TrainingReport } from '../../domain/boosted/index.js';
import type { RuntimeReport } from '../../runtime/runtime-report.js';

/** Why a model stands as it does. */
export interface Decision {
  readonly atMs: number;
  readonly what: 'promoted' | 'rejected' | 'kept_waiting' | 'retired' | 'restored';
  /** `rule`, or whoever did it by hand. */
  readonly by: string;
  readonly reason: string;
}

/** All that is told of a model: from what it was made, how good it is, and who put it where it is. */
export interface ModelCard {
  readonly trainingId: string;
  readonly requestedBy: string;
  readonly seed: number;
  readonly sizeBytes: number;
  readonly features: readonly string[];
  readonly report: TrainingReport;
  /** What a network was computed on; null where none was. */
  readonly runtime: RuntimeReport | null;
  readonly decisions: readonly Decision[];
}

/** Decisions that a card keeps. */
const keptDecisions = 20;

/** The card with one decision more. */
export function withDecision(card: ModelCard, decision: Decision): ModelCard {
  return { ...card, decisions: [...card.decisions, decision].slice(-keptDecisions) };
}
