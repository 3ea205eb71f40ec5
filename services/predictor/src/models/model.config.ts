import { booleanSetting } from '@orrery/config';
import { z } from 'zod';

const networkSettings = ['auto', 'cuda', 'webgpu', 'wasm', 'cpu', 'off'] as const;

/** Settings of models and trainings, beside those of the service. */
export const predictorModelSettings = {
  /** Whether models are trained without being asked for. */
  ORRERY_PREDICTOR_AUTO_TRAINING: booleanSetting.default(true),
  /** New examples after which a kind is trained again. */
  ORRERY_PREDICTOR_TRAIN_AFTER_EXAMPLES: z.coerce.number().int().min(50).max(1_000_000).default(1000),
  /** Hours after which a kind is trained again although fewer came, as long as it were some. */
  ORRERY_PREDICTOR_TRAIN_AFTER_HOURS: z.coerce.number().min(1).max(8760).default(24),
  /** Examples that a training reads, the newest ones. */
  ORRERY_PREDICTOR_TRAINING_ROWS: z.coerce.number().int().min(1000).max(500_000).default(50_000),
  /** What networks are computed on: auto takes the best that works, off trains none. One that is named and does not work fails the training. */
  ORRERY_PREDICTOR_RUNTIME: z.enum(networkSettings).default('auto'),
};

export type NetworkSetting = (typeof networkSettings)[number];

export type PredictorModelConfig = z.output<z.ZodObject<typeof predictorModelSettings>>;
