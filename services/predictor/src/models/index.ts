export { ChampionRegistry } from './champion-registry.js';
export { modelKinds, type ModelKind } from './domain/model-kind.js';
export { modelOpenApi, modelOperations, trainingOperations } from './model-openapi.js';
export { modelParts, type ModelOptions, type ModelParts } from './model-parts.js';
export { predictorModelSettings, type PredictorModelConfig } from './model.config.js';
