export { createLogger, NestLogger, type Logger } from './logger.js';
export { attributeNames, metricNames, spanNames } from './names.js';
export { startTelemetry, type Telemetry, type TelemetryOptions } from './start-telemetry.js';
export { timeWork } from './time-work.js';
