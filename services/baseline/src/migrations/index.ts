import type { MigrationClass } from '@orrery/persistence';
import { CreateAlerts1767225600003 } from '../alerts/index.js';
import { CreateAnomaly1767225600004 } from './create-anomaly-1767225600004.js';
import { CreateBaseline1767225600001 } from './create-baseline-1767225600001.js';
import { CreateSeries1767225600005 } from './create-series-1767225600005.js';
import { CreateOutbox1767225600002 } from './create-outbox-1767225600002.js';

/** The service's schema, in the order in which it grew. */
export const baselineMigrations: readonly MigrationClass[] = [
  CreateBaseline1767225600001,
  CreateOutbox1767225600002,
  CreateAlerts1767225600003,
  CreateAnomaly1767225600004,
  CreateSeries1767225600005,
];
