import { z } from 'zod';
import { predictionTargets } from '../domain/index.js';

const word = z.string().max(1000).default('');
const runId = z.string().regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'expected the id of a run: a lower-case UUID');

/** What is asked: about one task, or the run as a whole. */
export const questionSchema = z.strictObject({
  engine: z.string().max(1000).optional().describe('Absent where one workflow only has the name'),
  namespace: z.string().max(1000).optional(),
  workflow: z.string().min(1).max(1000),
  task: word.describe('Empty for the run as a whole'),
  image: word,
  command_hash: word,
  executor_class: word,
  run_id: runId.optional().describe('Of which run, so that the prediction is joined to what really happens'),
  input_size_bytes: z.number().min(0).max(1e18).optional(),
  trigger: word,
  ref_name: word,
  revision: word,
  attempt: z.number().int().min(1).max(255).default(1),
  finished_tasks: z.array(z.string().min(1).max(1000)).max(1000).optional().describe('Tasks of the run that ended already, in their order; what is known of run_id when absent'),
  targets: z.array(z.enum(predictionTargets)).min(1).max(4).default([...predictionTargets]),
  machine_factor: z.number().positive().max(1e6).optional().describe('How many times longer the machine takes than the one that the history is from'),
});

export type Question = z.output<typeof questionSchema>;

export const mostQuestions = 100;

/** One question, or up to a hundred. */
export const predictionsBody = z.union([z.strictObject({ queries: z.array(questionSchema).min(1).max(mostQuestions) }), questionSchema]);
