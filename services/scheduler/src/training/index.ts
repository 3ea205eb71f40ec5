export { pairedRatio, type PairedRatio } from '../domain/release/paired-comparison.js';
export { EpisodePool, type EpisodePoolOptions, type RunOptions } from './episodes/episode-pool.js';
export { policyOf, type PolicySpec } from './episodes/policy-spec.js';
export { EpisodeRunner, type EpisodeOutcome, type EpisodeTask } from './episodes/run-episodes.js';
export { checkScenario, type Scenario, type Stress } from './episodes/scenario.js';
export { compareOn, evaluatePolicies, type ComparedFigure, type Evaluation, type EvaluationRequest, type PolicyFigures, type SequenceFigures } from './evaluation/evaluate-policies.js';
