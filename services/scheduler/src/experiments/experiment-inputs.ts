import { Listing, pageCursor, pageLimit } from '@orrery/http';
import { z } from 'zod';
import { experimentKinds, experimentStatuses, fewestBlocks, mostBlocks } from '../domain/experiments/index.js';
import type { ExperimentPlace } from './experiment.repository.js';

// The database can keep no NUL.
const text = (longest: number) => z.string().max(longest).refine((given) => !given.includes('\0'), 'expected no NUL');
const scheduler = text(200).min(1);
const by = text(200).min(1).optional().describe('Who did it; the tenant when absent');
const daySeconds = 86_400;

export const startBody = z
  .strictObject({
    name: text(200).min(1).describe('Given once; said again with the same settings, the experiment there is is answered'),
    kind: z.enum(experimentKinds).describe('switchback: decides in drawn blocks of time; shadow: decides beside the serving policy, without effect'),
    scheduler: scheduler.default('default').describe('Who shares the slots; one experiment at a time'),
    policy: text(200).min(1).describe('What is tried: a name of GET /api/v1/schedule/policies'),
    control: text(200).min(1).optional().describe('The heuristic that decides in the other blocks of a switchback; the one beside the serving policy when absent'),
    block_seconds: z.number().min(10).max(7 * daySeconds).optional().describe('Ten mean completion times of the last week when absent'),
    burn_in_seconds: z.number().min(0).max(7 * daySeconds).optional().describe('What arrives so soon after a block began does not count; the 95th percentile of completion times when absent'),
    blocks: z.int().min(fewestBlocks).max(mostBlocks).optional().describe('Even; 48 when absent'),
    until: z.iso.datetime({ offset: true }).optional().describe('In place of a number of blocks; a shadow lasts a week when absent'),
    hold_out: z.number().min(0).max(0.5).default(0.05).describe('Share of blocks that the heuristic keeps, after the experiment as well'),
    ramp_blocks: z.int().min(0).max(mostBlocks).default(0).describe('So many blocks with 5 % of them treated come first, then as many with 25 %'),
    roll_out: z.boolean().default(false).describe('Once clearly better, the policy decides in all blocks but those held out'),
    minimum_effect: z.number().min(0).max(0.9).default(0.03).describe('Share by which the mean completion time should fall'),
    rollback_above: z.number().min(0.01).max(2).default(0.1).describe('Ends the experiment when the completion time is longer by more than this share'),
    note: text(2000).default(''),
    by,
  })
  .refine(({ blocks, until }) => blocks === undefined || until === undefined, { message: 'expected blocks or until, and not both' })
  .refine(({ kind, ...given }) => kind === 'switchback' || [given.block_seconds, given.burn_in_seconds, given.blocks, given.control].every((value) => value === undefined), {
    message: 'a shadow has no blocks and no control',
  });

export type StartBody = z.output<typeof startBody>;

export const stopBody = z.strictObject({
  reason: text(2000).default(''),
  hold_out: z.boolean().default(true).describe('false ends the held-out blocks too'),
  by,
});

export type StopBody = z.output<typeof stopBody>;

export const experimentParameters = z.strictObject({ experiment_id: z.uuid().toLowerCase() });

export const experimentsQuery = z.strictObject({
  ...{ scheduler: scheduler.optional(), kind: z.enum(experimentKinds).optional(), status: z.enum(experimentStatuses).optional(), name: text(200).min(1).optional() },
  ...{ limit: pageLimit(50, 500), cursor: pageCursor },
});

const place: z.ZodType<ExperimentPlace> = z.object({ startedMs: z.number(), id: z.uuid() });

export const experimentListing = new Listing('experiments', place);
