import { z } from 'zod';
import { artifactSchema } from './leaf.view.js';
import { runSchema } from './run.view.js';
import { taskSchema } from './task.view.js';

export const stateSchema = z
  .object({
    at: z.iso.datetime(),
    run: runSchema,
    tasks: z.array(taskSchema),
    event_count: z.int(),
    artifacts: z.array(artifactSchema).describe('At most 1,000'),
  })
  .meta({ id: 'State' });

export type StateView = z.output<typeof stateSchema>;
