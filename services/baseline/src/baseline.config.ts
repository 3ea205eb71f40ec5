import { backendSettings, httpSettings, telemetrySettings } from '@orrery/config';
import { z } from 'zod';
import { alertSettings } from './alerts/index.js';

/** All settings that the baseline service adds to those every service has. */
export const baselineSettings = {
  /** What rules can be tried on is kept for this long, by whole months. */
  ORRERY_BASELINE_OBSERVATION_DAYS: z.coerce.number().int().min(1).max(3650).default(30),
  /** Points of baselines are kept for this long, by whole months. */
  ORRERY_BASELINE_HISTORY_DAYS: z.coerce.number().int().min(1).max(3650).default(400),
  /** Resolved anomalies are dropped this long after they were last seen. */
  ORRERY_BASELINE_ANOMALY_DAYS: z.coerce.number().int().min(15).max(3650).default(400),
  ...alertSettings,
};

export const baselineConfigSchema = z.object({ ...httpSettings, ...backendSettings, ...telemetrySettings, ...baselineSettings });

export type BaselineConfig = z.output<z.ZodObject<typeof baselineSettings>>;
