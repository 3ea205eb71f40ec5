import { z } from 'zod';
import { artifactSchema } from './leaf.view.js';
import { textSchema, timeSchema } from './words.js';

const touch = {
  run: z.object({ run_id: z.uuid(), workflow: textSchema, engine: textSchema }),
  task: z.object({ task_id: z.string(), name: textSchema }).nullable(),
  event: z.object({ event_id: z.string(), name: textSchema, kind: textSchema }).nullable(),
  actor: textSchema.describe('Who did it: as told with the file, else the agent in whose call it happened'),
  occurred_at: timeSchema,
};

export const provenanceSchema = z
  .object({
    uri: textSchema,
    versions: z
      .array(
        z.object({
          digest: textSchema,
          size_bytes: z.int().nullable(),
          produced_by: z.array(z.object({ ...touch, inputs: z.array(artifactSchema).describe('What the producing event read; else its task, until then') })).describe('The latest first, at most 20'),
          read_by: z.array(z.object(touch)).describe('The latest first, at most 100'),
        }),
      )
      .describe('The latest content first, at most 50'),
  })
  .meta({ id: 'Provenance' });

export type ProvenanceView = z.output<typeof provenanceSchema>;
