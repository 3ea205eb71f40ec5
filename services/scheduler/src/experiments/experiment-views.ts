import { z } from 'zod';
import { experimentKinds, experimentStatuses, type ArmCounts, type BlockAnalysis, type Effect } from '../domain/experiments/index.js';
import type { ExperimentReport, PredictedGain, ShadowReport, SinceEnd, SwitchbackProgress } from './experiment-progress.js';
import type { Experiment } from './experiment.repository.js';

const time = z.string().describe('ISO 8601 in UTC');
const share = z.number().describe('Share of one');
const milliseconds = z.number().describe('ms');

const designSchema = z.object({
  metric: z.literal('mean_completion_time').describe('Mean over blocks of the mean time from submission to end, of runs that arrived in the block after its burn-in'),
  block_ms: milliseconds,
  burn_in_ms: milliseconds,
  blocks: z.int().describe('The horizon: no effect is told before so many have ended'),
  hold_out: share,
  ramp_blocks: z.int(),
  roll_out: z.boolean(),
  minimum_effect: share,
  rollback_above: share,
});

export const experimentSchema = z
  .object({
    experiment_id: z.string(),
    name: z.string(),
    kind: z.enum(experimentKinds),
    scheduler: z.string(),
    status: z.enum(experimentStatuses),
    policy: z.string().describe('What is tried'),
    control: z.string().nullable().describe('The heuristic that decides in the other blocks; null for a shadow'),
    started_at: time,
    ends_at: time.describe('When it ends by itself'),
    ended_at: time.nullable(),
    started_by: z.string(),
    note: z.string(),
    reason: z.string().describe('Why it ended, in words; empty while it runs'),
    design: designSchema.nullable().describe('What was fixed beforehand; null for a shadow'),
    notes: z.array(z.string()).describe('What should be known of the design'),
    holds_out: z.boolean().describe('Held-out blocks stay with the heuristic'),
  })
  .meta({ id: 'Experiment' });

export type ExperimentView = z.output<typeof experimentSchema>;

const countsSchema = z.object({ runs: z.int().describe('That counted and ended'), unfinished: z.int() });
const sinceSchema = z.object({ runs: z.int(), completion_ms: milliseconds.nullable() });
const effectSchema = z.object({
  ratio: z.number().describe('Treatment / control; below 1 is better'),
  low: z.number().describe('Bounds of the 95 % interval of the ratio'),
  high: z.number(),
  control_ms: milliseconds,
  treatment_ms: milliseconds,
});

const resultSchema = z.object({
  verdict: z.enum(['better', 'worse', 'undecided']),
  reaches_minimum_effect: z.boolean(),
  p_value: z.number().describe('Of the randomisation test over the orders of blocks'),
  pairs: z.int().describe('Pairs of blocks with runs on both sides'),
  completion: effectSchema.nullable(),
  resource: effectSchema.nullable().describe('Durations of all tasks of a run together'),
  control: countsSchema,
  treatment: countsSchema,
});

const progressSchema = z.object({
  blocks_done: z.int(),
  blocks: z.int(),
  control: countsSchema,
  treatment: countsSchema,
  decisions: z.int().describe('Of the policy that is tried'),
  faults: z.int().describe('Those in which it failed'),
  since_end: z.object({ held_out: sinceSchema, others: sinceSchema }).nullable().describe('Of at most the last 30 days; described, not tested'),
});

const predictedSchema = z.object({
  windows: z.int(),
  runs: z.int(),
  serving_gain: share.describe('By which replayed runs took less under what serves than under the heuristic'),
  shadow_gain: share,
  ratio: z.number().describe('Mean completion time under the shadow / under what serves'),
  low: z.number(),
  high: z.number(),
});

const shadowSchema = z.object({
  decisions: z.int(),
  missing: z.int().describe('Without an answer of the shadow'),
  agreement: share.nullable().describe('Of decisions: the same tasks in the same pools'),
  slot_agreement: share.nullable().describe('Of slots: the same task'),
  latency_ms: z.object({ p50: z.number(), p95: z.number(), p99: z.number() }).nullable(),
  predicted: predictedSchema.nullable(),
});

export const experimentReportSchema = experimentSchema
  .extend({
    progress: progressSchema.nullable(),
    result: resultSchema.nullable().describe('Null until the horizon is reached, and for ever where it never was'),
    shadow: shadowSchema.nullable(),
    breaker: z.object({ phase: z.enum(['closed', 'open', 'half-open']), words: z.string() }).describe('Of the scheduler'),
  })
  .meta({ id: 'ExperimentReport' });

export type ExperimentReportView = z.output<typeof experimentReportSchema>;

export function experimentView(experiment: Experiment): ExperimentView {
  const { experimentId, name, kind, scheduler, status, policy, control, startedMs, endsMs, endedMs, startedBy, note, reason, plan, design, keepsHoldOut } = experiment;
  return {
    ...{ experiment_id: experimentId, name, kind, scheduler, status, policy, control: control === '' ? null : control },
    ...{ started_at: iso(startedMs), ends_at: iso(endsMs), ended_at: endedMs === null ? null : iso(endedMs), started_by: startedBy, note, reason },
    design:
      plan === null
        ? null
        : {
            ...{ metric: 'mean_completion_time', block_ms: plan.blockMs, burn_in_ms: plan.burnInMs, blocks: plan.blockCount, hold_out: plan.holdOut, ramp_blocks: plan.rampBlocks },
            ...{ roll_out: design.rollsOut, minimum_effect: design.minimumEffect, rollback_above: design.rollbackAbove },
          },
    notes: [...design.notes],
    holds_out: keepsHoldOut,
  };
}

export function reportView({ experiment, progress, shadow, breaker }: ExperimentReport): ExperimentReportView {
  const { plan, result } = experiment;
  return {
    ...experimentView(experiment),
    progress: progress === null || plan === null ? null : progressView(progress, plan.blockCount),
    result: result === null ? null : resultView(result),
    shadow: shadow === null ? null : shadowView(shadow),
    breaker,
  };
}

function progressView({ blocksDone, control, treatment, decisions, faults, since }: SwitchbackProgress, blocks: number): z.output<typeof progressSchema> {
  return {
    ...{ blocks_done: blocksDone, blocks, control: countsView(control), treatment: countsView(treatment), decisions, faults },
    since_end: since === null ? null : { held_out: sinceView(since.heldOut), others: sinceView(since.others) },
  };
}

function resultView({ verdict, reachesMinimum, pValue, pairCount, completion, resource, control, treatment }: BlockAnalysis): z.output<typeof resultSchema> {
  return {
    ...{ verdict, reaches_minimum_effect: reachesMinimum, p_value: pValue, pairs: pairCount, completion: effectView(completion), resource: effectView(resource) },
    ...{ control: countsView(control), treatment: countsView(treatment) },
  };
}

function shadowView({ decisions, missing, agreement, slotAgreement, latencyMs, predicted }: ShadowReport): z.output<typeof shadowSchema> {
  return { decisions, missing, agreement, slot_agreement: slotAgreement, latency_ms: latencyMs, predicted: predicted === null ? null : predictedView(predicted) };
}

function predictedView({ windows, runs, servingGain, shadowGain, ratio, low, high }: PredictedGain): z.output<typeof predictedSchema> {
  return { windows, runs, serving_gain: servingGain, shadow_gain: shadowGain, ratio, low, high };
}

function effectView(effect: Effect | null): z.output<typeof effectSchema> | null {
  if (effect === null) return null;
  const { ratio, low, high, controlMs, treatmentMs } = effect;
  return { ratio, low, high, control_ms: controlMs, treatment_ms: treatmentMs };
}

function countsView({ runCount, unfinishedCount }: ArmCounts): z.output<typeof countsSchema> {
  return { runs: runCount, unfinished: unfinishedCount };
}

function sinceView({ runCount, completionMs }: SinceEnd): z.output<typeof sinceSchema> {
  return { runs: runCount, completion_ms: completionMs };
}

function iso(momentMs: number): string {
  return new Date(momentMs).toISOString();
}
