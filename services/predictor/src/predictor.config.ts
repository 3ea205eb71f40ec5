import { backendSettings, httpSettings, telemetrySettings } from '@orrery/config';
import { z } from 'zod';
import { predictorModelSettings } from './models/index.js';

/** All settings that the predictor adds to those every service has. */
export const predictorSettings = {
  ...predictorModelSettings,
  /** Predictions and what became of them are kept for this long, by whole months; their sums are kept longer. */
  ORRERY_PREDICTOR_LEDGER_DAYS: z.coerce.number().int().min(1).max(3650).default(90),
  /** What models are trained from is kept for this long, by whole months. */
  ORRERY_PREDICTOR_EXAMPLE_DAYS: z.coerce.number().int().min(1).max(3650).default(180),
  /** Where engines ask by gRPC; 0 takes any free port. Absent: nobody can ask by gRPC. */
  ORRERY_PREDICTOR_GRPC_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
};

export const predictorConfigSchema = z.object({ ...httpSettings, ...backendSettings, ...telemetrySettings, ...predictorSettings });

export type PredictorConfig = z.output<z.ZodObject<typeof predictorSettings>>;
