import type { TrainingReport } from '../../domain/boosted/index.js';

/** Why a model stands as it does. */
export interface Decision {
  readonly atMs: number;
  readonly what: 'promoted' | 'rejected' | 'kept_waiting' | 'retired' | 'restored';
  /** `rule`, or whoever did it by hand. */
  readonly by: string;
  readonly reason: string;
}

/** What a network was computed on, as the runtime tells it. */
export type RuntimeReport = Readonly<Record<string, unknown>>;

/** All that is told of a model: from what it was made, how good it is, and who put it where it is. */
export interface ModelCard {
  readonly trainingId: string;
  readonly requestedBy: string;
  readonly seed: number;
  readonly sizeBytes: number;
  readonly features: readonly string[];
  readonly report: TrainingReport;
  /** Null for what is computed in TypeScript. */
  readonly runtime: RuntimeReport | null;
  readonly decisions: readonly Decision[];
}

/** Decisions that a card keeps. */
const keptDecisions = 20;

/** The card with one decision more. */
export function withDecision(card: ModelCard, decision: Decision): ModelCard {
  return { ...card, decisions: [...card.decisions, decision].slice(-keptDecisions) };
}
