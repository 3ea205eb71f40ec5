export { loadConfig, type Environment } from './load-config.js';
export { backendSettings, httpSettings, telemetrySettings, booleanSetting, listSetting } from './settings.js';
