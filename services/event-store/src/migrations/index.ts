import type { MigrationClass } from '@orrery/persistence';
import { CreateOutbox1767225600002 } from './create-outbox-1767225600002.js';
import { CreateTrace1767225600001 } from './create-trace-1767225600001.js';
import { IndexErrors1767225600003 } from './index-errors-1767225600003.js';

/** The service's schema, in the order in which it grew. */
export const eventStoreMigrations: readonly MigrationClass[] = [CreateTrace1767225600001, CreateOutbox1767225600002, IndexErrors1767225600003];
