export { eventStoreConfigSchema, eventStoreSettings, type EventStoreConfig } from './event-store.config.js';
export { connectEventStore, EventStoreModule, type EventStoreModuleOptions } from './event-store.module.js';
export { eventStoreMigrations } from './migrations/index.js';
