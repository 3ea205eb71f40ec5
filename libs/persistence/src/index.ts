export type { Database, Transaction } from './database.js';
