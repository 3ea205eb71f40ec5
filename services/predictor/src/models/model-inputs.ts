import { Listing, pageCursor, pageLimit } from '@orrery/http';
import { z } from 'zod';
import { modelKinds, modelStatuses, promotions, trainingStatuses } from './domain/model-kind.js';
import type { ModelPlace } from './model.repository.js';
import type { TrainingPlace } from './training.repository.js';

const word = z.string().min(1).max(1000);
const scope = z.string().min(1).max(200).optional().describe("Id of the workflow, for the kind next_task");
const workflow = word.optional().describe('Name of the workflow, in place of its id');
const name = { workflow, engine: z.string().max(1000).optional(), namespace: z.string().max(1000).optional() };
const by = z.string().min(1).max(200).optional().describe('Who did it; the tenant when absent');

export const kindParameters = z.strictObject({ kind: z.enum(modelKinds) });

export const modelParameters = z.strictObject({ kind: z.enum(modelKinds), version: z.coerce.number().int().min(1).max(2_147_483_647) });

export const trainingParameters = z.strictObject({ training_id: z.uuid().toLowerCase() });

export const slotQuery = z.strictObject({ scope, ...name });

export const modelsQuery = z.strictObject({ kind: z.enum(modelKinds).optional(), scope, workflow, status: z.enum(modelStatuses).optional(), limit: pageLimit(50, 500), cursor: pageCursor });

export const trainingsQuery = z.strictObject({ kind: z.enum(modelKinds).optional(), status: z.enum(trainingStatuses).optional(), limit: pageLimit(50, 500), cursor: pageCursor });

export const trainingBody = z.strictObject({
  kind: z.enum(modelKinds),
  ...name,
  seed: z.number().int().min(0).max(2_147_483_647).default(1).describe('The same examples and the same seed give the same model'),
  promote: z.enum(promotions).default('if_better').describe('if_better: serves when it beats what serves and every plain rule; never: waits to be promoted by hand'),
  by,
});

export const choiceBody = z.strictObject({ by, note: z.string().max(2000).optional() });

export const modelListing = new Listing<ModelPlace>('models', z.object({ atMs: z.number(), kind: z.string().max(50), scope: z.string().max(200), version: z.int() }));

export const trainingListing = new Listing<TrainingPlace>('trainings', z.object({ atMs: z.number(), id: z.uuid() }));
