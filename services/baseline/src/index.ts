export { baselineOpenApi } from './api/openapi.js';
export { baselineSettings, type BaselineConfig } from './baseline.config.js';
export { BaselineModule, connectBaseline, type BaselineModuleOptions } from './baseline.module.js';
export { baselineMigrations } from './migrations/index.js';
