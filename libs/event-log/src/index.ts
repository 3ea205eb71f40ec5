export type * from './event-log.js';
