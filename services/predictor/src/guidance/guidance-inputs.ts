import { Listing, pageCursor, pageLimit } from '@orrery/http';
import { z } from 'zod';
import { annotationLabels, branchNameOf, predictionModes } from '../domain/index.js';
import type { GuidancePlace } from './guidance-rows.js';

// The database can keep no NUL.
const text = (longest: number) => z.string().max(longest).refine((given) => !given.includes('\0'), 'expected no NUL');
const workflow = text(1000).min(1);
const engine = text(1000).optional().describe('Absent where one workflow only has the name');
const namespace = text(1000).optional().describe('As engine');
const branch = text(500).transform(branchNameOf).default('').describe('Empty for all branches; what is said of a branch itself counts first');
const task = text(1000);
const by = text(200).min(1).optional().describe('Who did it; the tenant when absent');

/** An index row of PostgreSQL has room for no more. */
const mostNameBytes = 2000;

export const annotationBody = z
  .strictObject({
    ...{ workflow, engine, namespace, branch },
    from_task: task.describe('The task that ended before; empty for the beginning of the run'),
    to_task: task.describe('The task that comes next; empty for the end of the run'),
    label: z.enum(annotationLabels).describe('bad: never advised or decided while there is another; good: preferred'),
    note: text(2000).optional(),
    by,
  })
  .refine(({ branch: on, from_task: from, to_task: to }) => Buffer.byteLength(on + from + to) <= mostNameBytes, { message: `expected branch, from_task and to_task to have ${mostNameBytes} bytes together at most` });

export type AnnotationBody = z.output<typeof annotationBody>;

export const annotationParameters = z.strictObject({ annotation_id: z.uuid().toLowerCase() });

const listed = { workflow: workflow.optional(), engine, namespace, branch: text(500).transform(branchNameOf).optional().describe('Empty for what holds on all branches'), limit: pageLimit(50, 500), cursor: pageCursor };

export const annotationsQuery = z.strictObject({ ...listed, label: z.enum(annotationLabels).optional() });

export const modeBody = z.strictObject({ workflow, engine, namespace, branch, mode: z.enum(predictionModes).describe('off: none are made; shadow: held against what really happens, and nobody is told what to do; advise: in words; decide: says what to do') });

export type ModeBody = z.output<typeof modeBody>;

export const modesQuery = z.strictObject({ ...listed, mode: z.enum(predictionModes).optional() });

export const modeKeyQuery = z.strictObject({ workflow, engine, namespace, branch });

const place: z.ZodType<GuidancePlace> = z.object({ atMs: z.number(), id: z.string().max(2500) });

export const annotationListing = new Listing('annotations', place);
export const modeListing = new Listing('prediction modes', place);
