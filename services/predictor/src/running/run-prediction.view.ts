import { z } from 'zod';
import type { RemainingTask, RunEta } from '../domain/index.js';
import type { RunGrounds } from './run-grounds.js';
import type { NextStep, RunPrediction } from './run-prediction.service.js';

const time = z.string().describe('ISO 8601 in UTC');
const share = z.number().min(0).max(1);

const etaSchema = z
  .object({
    ...{ p10: time, p50: time, p90: time },
    remaining_ms: z.number().min(0).describe('Until p50'),
    progress: share.describe('Share of its expected time that is over'),
  })
  .meta({ id: 'RunEta' });

const basisSchema = z.object({
  method: z.enum(['finished', 'critical_path', 'run_history', 'none']).describe('critical_path: over the tasks that are left; run_history: from the durations of whole runs'),
  runs: z.int().describe('Runs of the workflow that the order of tasks was learned from; one that failed counts for a quarter'),
  tasks: z.int(),
  assumptions: z.array(z.string()).describe('What the answer takes for granted'),
});

const remainingTaskSchema = z
  .object({
    task: z.string(),
    state: z.enum(['running', 'waiting']).describe('Taken as running when all that it waits for has ended: no fact tells that a task has started'),
    expected_begin: time,
    expected_end: time,
    duration: z.object({ p10_ms: z.number(), p50_ms: z.number(), p90_ms: z.number(), model: z.string(), samples: z.int() }).nullable().describe('How long it takes as a whole'),
    failure_probability: share.nullable(),
    probability: share.describe('How likely this run has it'),
    is_overdue: z.boolean().describe('It has run for longer than nine in ten'),
    is_critical: z.boolean(),
  })
  .meta({ id: 'RemainingTask' });

const nextTaskSchema = z.object({
  mode: z.enum(['shadow', 'advise', 'decide']),
  advice: z.string().nullable().describe('In words; null in shadow mode'),
  decision: z.string().nullable().describe('What is decided, empty for the end of the run; null where nothing is'),
  candidates: z.array(z.object({ task: z.string().describe('Empty for the end of the run'), probability: share, learned_probability: share.describe('Before people guided it'), annotation: z.enum(['good', 'bad', '']) })),
  basis: z.object({ model: z.enum(['network', 'boosted_trees', 'n_gram', 'none']), version: z.int(), samples: z.int(), level: z.int().describe('How many of the last tasks it went by') }),
});

export const runPredictionSchema = z
  .object({
    run_id: z.string(),
    workflow_id: z.string(),
    engine: z.string().nullable().describe('Null while nothing of the workflow has ended, as in the two fields below'),
    namespace: z.string().nullable(),
    workflow: z.string().nullable(),
    branch: z.string(),
    state: z.enum(['running', 'finished']),
    outcome: z.string().nullable().describe('Null while it runs'),
    started_at: time.nullable(),
    finished_at: time.nullable(),
    asked_at: time,
    eta: etaSchema.nullable().describe('Null where nothing is known; of a run that ended its real end'),
    deadline: z.object({ at: time, miss_probability: share.nullable() }).nullable(),
    critical_path: z.array(z.string()).describe('The tasks that decide when it ends, in their order'),
    remaining_tasks: z.array(remainingTaskSchema),
    remaining_task_count: z.int(),
    next_task: nextTaskSchema.nullable().describe('Null for a run that ended, where nothing is known, and where it is switched off'),
    basis: basisSchema,
  })
  .meta({ id: 'RunPrediction' });

export type RunPredictionView = z.output<typeof runPredictionSchema>;

const mostTasks = 200;
const mostCandidates = 10;

export function runPredictionView({ run, grounds, eta, deadlineMs, next, nowMs }: RunPrediction): RunPredictionView {
  const { progress, runId, workflowId } = run;
  const isFinished = progress.finishedAtMs !== null;
  return {
    ...{ run_id: runId, workflow_id: workflowId, engine: grounds.names?.engine ?? null, namespace: grounds.names?.namespace ?? null, workflow: grounds.names?.workflow ?? null },
    ...{ branch: progress.refName, state: isFinished ? 'finished' : 'running', outcome: isFinished ? progress.outcome : null },
    ...{ started_at: isoOrNull(progress.startedAtMs), finished_at: isoOrNull(progress.finishedAtMs), asked_at: iso(nowMs) },
    eta: etaView(eta, nowMs),
    deadline: deadlineMs === undefined ? null : { at: iso(deadlineMs), miss_probability: eta.missProbability },
    critical_path: [...eta.criticalPath],
    remaining_tasks: eta.remaining.slice(0, mostTasks).map((task) => remainingView(task, grounds)),
    remaining_task_count: eta.remaining.length,
    next_task: next === null ? null : nextView(next),
    basis: { ...eta.basis, runs: Math.round(eta.basis.runs), assumptions: [...eta.basis.assumptions] },
  };
}

function etaView({ end, progress }: RunEta, nowMs: number): RunPredictionView['eta'] {
  if (end === null) return null;
  return { p10: iso(end.p10Ms), p50: iso(end.p50Ms), p90: iso(end.p90Ms), remaining_ms: Math.max(end.p50Ms - nowMs, 0), progress: progress ?? 0 };
}

function remainingView({ task, state, beginMs, endMs, duration, probability, isOverdue, isCritical }: RemainingTask, { estimateOf }: RunGrounds): RunPredictionView['remaining_tasks'][number] {
  const estimate = estimateOf(task);
  const basis = { model: estimate?.durationBasis?.model ?? 'average', samples: estimate?.durationBasis?.samples ?? 0 };
  return {
    ...{ task, state, expected_begin: iso(beginMs), expected_end: iso(endMs) },
    duration: duration === null ? null : { p10_ms: duration.p10Ms, p50_ms: duration.p50Ms, p90_ms: duration.p90Ms, ...basis },
    ...{ failure_probability: estimate?.failureProbability ?? null, probability, is_overdue: isOverdue, is_critical: isCritical },
  };
}

function nextView({ mode, advice, decision, prediction: { candidates, basis } }: NextStep): RunPredictionView['next_task'] {
  const shown = candidates.slice(0, mostCandidates).map(({ task, probability, learnedProbability, annotation }) => ({ task, probability, learned_probability: learnedProbability, annotation }));
  return { mode, advice, decision, candidates: shown, basis };
}

/** The latest moment that a date can tell. */
const latestMs = 8.64e15;

function iso(momentMs: number): string {
  return new Date(Math.min(momentMs, latestMs)).toISOString();
}

function isoOrNull(momentMs: number | null): string | null {
  return momentMs === null ? null : iso(momentMs);
}
