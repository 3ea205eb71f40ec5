export { predictorMigrations } from './migrations/index.js';
export { questionSchema, type Question } from './asking/question.js';
export { predictorOpenApi } from './openapi.js';
export { predictorSettings, type PredictorConfig } from './predictor.config.js';
export { connectPredictor, predictorCore, PredictorModule, type PredictorModuleOptions } from './predictor.module.js';
