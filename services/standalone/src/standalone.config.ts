import { backendSettings, httpSettings, telemetrySettings } from '@orrery/config';
import { baselineSettings } from '@orrery/baseline';
import { ingestSettings } from '@orrery/ingest';
import { eventStoreSettings } from '@orrery/event-store';
import { predictorSettings } from '@orrery/predictor';
import { schedulerSettings } from '@orrery/scheduler';
import { z } from 'zod';

/** Every setting of the platform in one process: those of all services together. */
export const standaloneConfigSchema = z.object({
  ...httpSettings,
  ...backendSettings,
  ...telemetrySettings,
  ...ingestSettings,
  ...eventStoreSettings,
  ...baselineSettings,
  ...predictorSettings,
  ...schedulerSettings,
});

export type StandaloneConfig = z.output<typeof standaloneConfigSchema>;
