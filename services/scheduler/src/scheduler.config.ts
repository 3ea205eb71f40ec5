import { backendSettings, httpSettings, telemetrySettings } from '@orrery/config';
import { z } from 'zod';

/** All settings that the scheduler adds to those every service has. */
export const schedulerSettings = {
  /** Where engines ask by gRPC; 0 takes any free port. Absent: nobody can ask by gRPC. */
  ORRERY_SCHEDULER_GRPC_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  /** A policy that has not decided by then is not waited for: the heuristic's answer stands. */
  ORRERY_SCHEDULER_DEADLINE_MS: z.coerce.number().min(0).max(10_000).default(20),
  /** A run that has waited longer than this without any slot goes first, whatever the policy would do. */
  ORRERY_SCHEDULER_MAX_WAIT_MS: z.coerce.number().min(0).default(30 * 60_000),
  /** Threads that train policies, beside the one that serves. */
  ORRERY_SCHEDULER_TRAINING_THREADS: z.coerce.number().int().min(1).max(64).default(2),
  /** Decisions are kept for this long, by whole months. */
  ORRERY_SCHEDULER_LEDGER_DAYS: z.coerce.number().int().min(1).max(3650).default(30),
};

export const schedulerConfigSchema = z.object({ ...httpSettings, ...backendSettings, ...telemetrySettings, ...schedulerSettings });

export type SchedulerConfig = z.output<z.ZodObject<typeof schedulerSettings>>;
