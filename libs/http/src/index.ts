export { defaultBodyLimits, tooLarge, type BodyLimits } from './body-limits.js';
export { HealthRegistry, type HealthReport } from './health.js';
export { parseInput, parseJsonBody } from './json-body.js';
export { runUntilSignal } from './run-until-signal.js';
export { startHttpService, type HttpService, type HttpServiceOptions } from './start-http-service.js';
