export { Evolution, type EvolutionSettings } from './evolution.js';
export { costOf, relativeCost, type EpisodeFigures } from './relative-cost.js';
export { trainPolicy, type Episode, type Evaluate, type GenerationReport, type GroupReport, type ScenarioGroup, type Trained, type TrainingPlan } from './train-policy.js';
