export type { ComparedFigure, Evaluation, PolicyFigures, SequenceFigures } from '../domain/release/figures.js';
export { compareOn, type Measure } from '../domain/release/objective.js';
export { checkScenario, type Scenario, type Stress } from '../domain/release/scenario.js';
export { EpisodePool, type EpisodePoolOptions, type RunOptions } from './episodes/episode-pool.js';
export { policyOf, type PolicySpec } from './episodes/policy-spec.js';
export { EpisodeRunner, type EpisodeOutcome, type EpisodeTask } from './episodes/run-episodes.js';
export { evaluatePolicies, type EvaluationRequest } from './evaluation/evaluate-policies.js';
