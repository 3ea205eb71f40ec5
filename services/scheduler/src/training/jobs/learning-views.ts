import { z } from 'zod';
import { jobFormats } from '../workloads/read-jobs.js';
import type { StoredJob } from './learning-job.repository.js';
import type { WholeJob } from './learning-job.service.js';
import { jobStatuses } from './learning-request.js';
import type { StoredWorkload } from './workload.repository.js';

const timeSchema = z.string().describe('ISO 8601 in UTC');
const record = z.record(z.string(), z.unknown());

const progressSchema = z.object({
  phase: z.enum(['reading', 'tuning', 'learning', 'trying']),
  share: z.number().describe('Of the whole, from 0 to 1'),
  generation: z.int().nullable(),
  generations: z.int().nullable(),
  best_percent: z.number().nullable().describe('The best so far against the heuristic it began as, by its objective; below 0 is better'),
  eta_seconds: z.number().nullable().describe('Until it is done, if it goes on as it did'),
  words: z.string(),
});

const jobFields = {
  name: z.string(),
  status: z.enum(jobStatuses).describe('refused: learned, but not good enough to be published'),
  requested_at: timeSchema,
  requested_by: z.string(),
  started_at: timeSchema.nullable(),
  finished_at: timeSchema.nullable(),
  heartbeat_at: timeSchema.nullable(),
  attempt: z.int().describe('How often it was begun: again when the service ended in between'),
  jobs_before: z.int().describe('That come before it in the queue, of anybody'),
  request: record.describe('As it was asked for, with defaults filled in'),
  progress: progressSchema.nullable(),
  message: z.string(),
};

export const trainingSchema = z
  .object({ training_id: z.string(), ...jobFields, policy: z.object({ name: z.string(), version: z.int() }).nullable().describe('What was published'), card: record.nullable().describe('The report: every scenario with every figure; null until it is done') })
  .meta({ id: 'ScheduleTraining' });

export const evaluationSchema = z.object({ evaluation_id: z.string(), ...jobFields, result: record.nullable().describe('Figures of every policy in every scenario, and paired comparisons; null until it is done') }).meta({ id: 'ScheduleEvaluation' });

export const workloadSchema = z
  .object({
    workload_id: z.string(),
    name: z.string(),
    format: z.enum(jobFormats),
    created_at: timeSchema,
    kinds: z.int(),
    tasks: z.int().describe('Of all kinds together'),
    mean_work_seconds: z.number().describe('What all tasks of a job take together'),
    size_bytes: z.int(),
  })
  .meta({ id: 'ScheduleWorkload' });

export const workloadsSchema = z.object({ workloads: z.array(workloadSchema) });

export type TrainingView = z.output<typeof trainingSchema>;
export type EvaluationView = z.output<typeof evaluationSchema>;
export type WorkloadView = z.output<typeof workloadSchema>;

export function trainingView({ job, jobsBefore, result }: WholeJob, nowMs: number): TrainingView {
  const card = result?.kind === 'training' ? (result.card as unknown as Record<string, unknown>) : null;
  return { training_id: job.jobId, ...commonView(job, jobsBefore, nowMs), policy: job.policy, card };
}

export function evaluationView({ job, jobsBefore, result }: WholeJob, nowMs: number): EvaluationView {
  const figures = result?.kind === 'evaluation' ? { scenarios: result.scenarios, tuned: result.tuned, lambdas: result.lambdas } : null;
  return { evaluation_id: job.jobId, ...commonView(job, jobsBefore, nowMs), result: figures };
}

export function workloadView({ workloadId, name, format, createdAtMs, kinds, tasks, meanWorkSeconds, sizeBytes }: StoredWorkload): WorkloadView {
  return { workload_id: workloadId, name, format, created_at: iso(createdAtMs), kinds, tasks, mean_work_seconds: meanWorkSeconds, size_bytes: sizeBytes };
}

function commonView(job: StoredJob, jobsBefore: number, nowMs: number) {
  const { name, status, attempt, message } = job;
  return {
    ...{ name, status, requested_at: iso(job.requestedAtMs), requested_by: job.requestedBy, started_at: isoOrNull(job.startedAtMs), finished_at: isoOrNull(job.finishedAtMs), heartbeat_at: isoOrNull(job.heartbeatAtMs) },
    ...{ attempt, jobs_before: jobsBefore, request: job.request as Record<string, unknown>, progress: progressView(job, nowMs), message },
  };
}

/** A guess from what is done is worth nothing before some of it is. */
const leastShare = 0.02;

function progressView({ status, progress, startedAtMs }: StoredJob, nowMs: number): z.output<typeof progressSchema> | null {
  if (progress === null) return null;
  const { phase, share, generation, generations, bestPercent, words } = progress;
  const isKnown = status === 'running' && startedAtMs !== null && share >= leastShare;
  const etaSeconds = isKnown ? Math.round(((nowMs - startedAtMs) / 1000) * (1 / share - 1)) : null;
  return { phase, share, generation, generations, best_percent: bestPercent, eta_seconds: etaSeconds, words };
}

function iso(momentMs: number): string {
  return new Date(momentMs).toISOString();
}

function isoOrNull(momentMs: number | null): string | null {
  return momentMs === null ? null : iso(momentMs);
}
