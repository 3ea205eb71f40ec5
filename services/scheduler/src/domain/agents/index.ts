export { FeatureRecorder, type FeatureRange } from './feature-range.js';
export { firstParameters, layout } from './layout.js';
export { LearnedPolicy } from './learned-policy.js';
export {
  baseOf,
  createLearnedPolicy,
  decodeParameters,
  encodeParameters,
  parameterCountOf,
  readArtifact,
  strangenessOf,
  type PolicyArtifact,
  type TrainingDescription,
  type TrainingObjective,
} from './policy-artifact.js';
export { askPrice, type AskPrice } from './resource-agent.js';
