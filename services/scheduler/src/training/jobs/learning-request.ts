import { pageCursor, pageLimit, Listing } from '@orrery/http';
import { z } from 'zod';
import { namedRules } from '../../domain/index.js';

/** What a job can come to. */
export const jobStatuses = ['queued', 'running', 'succeeded', 'refused', 'failed', 'cancelled', 'interrupted'] as const;
export type JobStatus = (typeof jobStatuses)[number];

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'expected small letters, digits and hyphens, at most 40');
const workload = z.union([z.enum(['synthetic', 'recorded']), z.uuid().toLowerCase()]).default('synthetic').describe('synthetic: jobs that the product makes up; recorded: the finished runs of the tenant; else the id of uploaded jobs');
const by = z.string().min(1).max(200).optional().describe('Who wants it; the tenant when absent');
const conditions = {
  scenario: z.enum(['batch', 'stream', 'both']).default('both').describe('batch: all jobs are there at the beginning; stream: they come one by one'),
  executors: z.number().int().min(1).max(1000).default(50),
  batch_jobs: z.number().int().min(1).max(200).default(20),
  stream_jobs: z.number().int().min(2).max(1000).default(100),
  gap_ms: z.number().min(1).max(1e9).optional().describe('Mean gap of a stream; by default what makes the executors busy for 70 % of the time'),
};

export const trainingBody = z.strictObject({
  name: name.default('learned').describe('What the training is called in lists and on the card'),
  workload,
  lambda: z.number().min(0).max(100).default(0).describe('What an executor-second of a job weighs against a second of its completion time'),
  tail: z.number().min(0).max(10).default(0).describe('What the 95th percentile of completion times weighs beside their mean, in training'),
  seed: z.number().int().min(0).max(2_147_483_647).default(1).describe('The same jobs and the same seed give the same policy'),
  generations: z.number().int().min(1).max(2000).default(150),
  ...conditions,
  sequences: z.number().int().min(5).max(200).default(100).describe('Unseen sequences of jobs that decide over a batch; 0.4 times as many over a stream, 0.3 times as many over each stress'),
  by,
});

export type TrainingBody = z.output<typeof trainingBody>;

const policyName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/, 'expected the name of a policy');

export const evaluationBody = z.strictObject({
  name: name.default('evaluation'),
  workload,
  policies: z.array(policyName).min(1).max(40).default([...Object.keys(namedRules), 'tuned', 'all-learned']).describe('Heuristics by name; tuned: the best heuristic for this workload, sought anew; learned: what serves; all-learned: every learned policy; or one by its own name'),
  against: z.array(policyName).max(10).default(['fifo', 'fair', 'tuned']).describe('What the others are held against'),
  first_seed: z.number().int().min(0).max(9000).default(0),
  ...conditions,
  sequences: z.number().int().min(5).max(500).default(40).describe('Sequences of jobs of a batch; 0.4 times as many of a stream'),
  by,
});

export type EvaluationBody = z.output<typeof evaluationBody>;

export const jobParameters = z.strictObject({ training_id: z.uuid().toLowerCase() });
export const evaluationParameters = z.strictObject({ evaluation_id: z.uuid().toLowerCase() });
export const workloadParameters = z.strictObject({ workload_id: z.uuid().toLowerCase() });
export const jobsQuery = z.strictObject({ status: z.enum(jobStatuses).optional(), limit: pageLimit(50, 200), cursor: pageCursor });
export const workloadQuery = z.strictObject({ name: z.string().min(1).max(200).describe('What the jobs are called wherever figures of them are shown') });

export interface JobPlace {
  readonly atMs: number;
  readonly id: string;
}

const place = z.object({ atMs: z.number(), id: z.uuid() });
export const trainingListing = new Listing<JobPlace>('schedule trainings', place);
export const evaluationListing = new Listing<JobPlace>('schedule evaluations', place);
