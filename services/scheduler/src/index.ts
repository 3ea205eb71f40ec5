export { decideBody, type DecideBody } from './deciding/decide-request.js';
export { decidedSchema, type DecidedView } from './deciding/decision.view.js';
export { schedulerMigrations } from './migrations/index.js';
export { schedulerOpenApi } from './openapi.js';
export { schedulerSettings, type SchedulerConfig } from './scheduler.config.js';
export { connectScheduler, schedulerCore, SchedulerModule, type SchedulerModuleOptions } from './scheduler.module.js';
