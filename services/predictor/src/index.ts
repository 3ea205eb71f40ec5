export { predictorMigrations } from './migrations/index.js';
export { predictorOpenApi } from './openapi.js';
export { predictorSettings, type PredictorConfig } from './predictor.config.js';
export { connectPredictor, PredictorModule, type PredictorModuleOptions } from './predictor.module.js';
