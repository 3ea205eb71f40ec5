import { z } from 'zod';

const basis = z.object({
  model: z.string().describe('history, boosted_trees, network, last_success, mean_of_ten, median, average, rate, n_gram'),
  version: z.number().int().describe('Of a trained model; 0 for what is computed from the history'),
  samples: z.number().int(),
  level: z.number().int().describe('0 every field of the key, 3 the task whatever its image, command and executor class, 4 any task of the workflow'),
});

const durationSchema = z.object({ prediction_id: z.string(), p10_ms: z.number(), p50_ms: z.number(), p90_ms: z.number(), confidence: z.number(), basis });

const memorySchema = z.object({
  prediction_id: z.string(),
  p10_bytes: z.number(),
  p50_bytes: z.number(),
  p90_bytes: z.number(),
  confidence: z.number(),
  basis,
  allocation_bytes: z.number().describe('So that the least memory x time is wasted'),
  retry_allocations_bytes: z.array(z.number()).describe('What to try after that when it was too little'),
});

const failureSchema = z.object({ prediction_id: z.string(), probability: z.number(), reasons: z.array(z.string()), basis });

const nextTaskSchema = z.object({
  prediction_id: z.string(),
  mode: z.enum(['shadow', 'advise', 'decide']),
  advice: z.string().nullable().describe('In words; null in shadow mode'),
  decision: z.string().nullable().describe('What is decided, empty for the end of the run; null where nothing is'),
  candidates: z.array(z.object({ task: z.string().describe('Empty for the end of the run'), probability: z.number(), annotation: z.enum(['good', 'bad', '']) })),
  basis,
});

/** What is known of one question; null where nothing is. */
export const answerSchema = z.object({ duration: durationSchema.nullable(), memory: memorySchema.nullable(), failure: failureSchema.nullable(), next_task: nextTaskSchema.nullable() }).meta({ id: 'PredictionAnswer' });

export const answersSchema = z.object({ predictions: z.array(answerSchema) });

export type AnswerView = z.output<typeof answerSchema>;
export type AnswersView = z.output<typeof answersSchema>;
