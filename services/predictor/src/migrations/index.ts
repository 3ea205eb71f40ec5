import type { MigrationClass } from '@orrery/persistence';
import { CreateModels1767225700003 } from './create-models-1767225700003.js';
import { CreateOutbox1767225700002 } from './create-outbox-1767225700002.js';
import { CreateTracking1767225700001 } from './create-tracking-1767225700001.js';

/** In the order in which they are applied; only ever added to. */
export const predictorMigrations: readonly MigrationClass[] = [CreateTracking1767225700001, CreateOutbox1767225700002, CreateModels1767225700003];
