import { z } from 'zod';
import { eventSchema } from './event.view.js';
import { taskSchema } from './task.view.js';
import { errorSchema } from './words.js';

export const failureSchema = z
  .object({
    task: taskSchema.nullable().describe('The first task that failed although nothing before it had; null when no task did'),
    error: errorSchema,
    upstream: z.array(taskSchema).describe('What it waited for, the nearest first, at most 50'),
    events: z.array(eventSchema).describe('The last 20 events before the failure, errors first'),
    log_tail: z.array(z.string()).describe('The last 50 lines of its log'),
    summary: z.string().describe('One sentence'),
  })
  .meta({ id: 'Failure' });

export type FailureView = z.output<typeof failureSchema>;
