import { backendSettings, httpSettings, telemetrySettings } from '@orrery/config';
import { z } from 'zod';

/** All settings that the event store adds to those every service has. */
export const eventStoreSettings = {
  /** Runs are dropped this many days after they were first heard of, by whole months; 0 keeps them for ever. */
  ORRERY_RETENTION_DAYS: z.coerce.number().int().min(0).max(36_500).default(0),
  /** Connections to /api/v1/live at one time; above it new ones get 503. */
  ORRERY_LIVE_MAX_CLIENTS: z.coerce.number().int().min(1).max(10_000).default(500),
};

export const eventStoreConfigSchema = z.object({ ...httpSettings, ...backendSettings, ...telemetrySettings, ...eventStoreSettings });

export type EventStoreConfig = z.output<z.ZodObject<typeof eventStoreSettings>>;
