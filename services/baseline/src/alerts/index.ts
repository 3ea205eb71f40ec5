export { alertOpenApi, alertOperations } from './alert-openapi.js';
export { alertProviders, type AlertOptions, type AlertParts } from './alert-providers.js';
export type { AlertSource } from './alert-source.js';
export { alertSettings, type AlertConfig } from './alert.config.js';
export { CreateAlerts1767225600003 } from './create-alerts-1767225600003.js';
export type { AlertableAnomaly, AlertChange, AlertChangeKind, Severity } from './domain/alertable-anomaly.js';
export { enqueueAlerts } from './enqueue-alerts.js';
