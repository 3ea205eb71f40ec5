import { z } from 'zod';
import { durationMs } from '../domain/instant.js';
import { failureShownFor, outcomeOf } from '../domain/progress.js';
import { shownStatusOf } from '../domain/tally.js';
import type { StoredRun } from '../storage/run-rows.js';
import { durationSchema, errorSchema, errorView, isoOrNull, labelsSchema, outcomeSchema, outcomeWord, statusSchema, statusWord, textSchema, timeSchema } from './words.js';

export const runSchema = z
  .object({
    run_id: z.uuid(),
    engine: textSchema,
    source: textSchema,
    external_id: textSchema,
    attempt: z.int().min(1),
    namespace: textSchema,
    workflow: textSchema,
    status: statusSchema.describe('Where the run stands; derived from its tasks while its engine says nothing of the run itself'),
    outcome: outcomeSchema,
    queued_at: timeSchema,
    started_at: timeSchema,
    finished_at: timeSchema,
    duration_ms: durationSchema,
    trigger: textSchema,
    url: textSchema,
    version_control: z.object({ repository_url: textSchema, revision: textSchema, ref_name: textSchema, ref_type: textSchema }).nullable(),
    labels: labelsSchema,
    error: errorSchema,
    parent_run_id: textSchema,
    root_run_id: textSchema,
    previous_run_id: textSchema.describe('The run that this one repeats'),
    trace_id: textSchema,
    task_counts: z.object({ total: z.int(), queued: z.int(), running: z.int(), finished: z.int(), failed: z.int() }),
    event_count: z.int(),
    artifact_count: z.int(),
    received_at: timeSchema,
    updated_at: timeSchema,
  })
  .meta({ id: 'Run' });

export type RunView = z.output<typeof runSchema>;

export const runDetailSchema = z
  .object({
    ...runSchema.shape,
    actors: z
      .array(
        z.object({
          actor: textSchema,
          kind: textSchema,
          calls: z.int(),
          failures: z.int(),
          input_tokens: z.int().nullable(),
          output_tokens: z.int().nullable(),
          cost_usd: z.number().nullable(),
          duration_ms: durationSchema,
        }),
      )
      .describe('Who did what how often, the most frequent first (at most 200)'),
    child_runs: z.array(z.object({ run_id: z.uuid(), workflow: textSchema, status: statusSchema, outcome: outcomeSchema })).describe('At most 200, the latest first'),
    sources: z.array(z.object({ format: z.string(), type: z.string(), count: z.int() })).describe('In which form its records came'),
    flags: z.array(z.string()).describe('Doubts about its records, and derived_status'),
  })
  .meta({ id: 'RunDetail' });

export type RunDetailView = z.output<typeof runDetailSchema>;

export function runView({ run, tasks, content }: StoredRun): RunView {
  const { progress, versionControl } = run;
  return {
    run_id: run.runId,
    engine: run.engine,
    source: run.source,
    external_id: run.externalId,
    attempt: run.attempt ?? 1,
    namespace: run.namespace,
    workflow: run.workflow,
    status: statusWord(shownStatusOf(run, tasks).status),
    outcome: outcomeWord(outcomeOf(progress)),
    queued_at: isoOrNull(progress.queuedAtUs),
    started_at: isoOrNull(progress.startedAtUs),
    finished_at: isoOrNull(progress.finishedAtUs),
    duration_ms: durationMs(progress.startedAtUs, progress.finishedAtUs),
    trigger: run.trigger,
    url: run.url,
    version_control:
      versionControl === null
        ? null
        : { repository_url: versionControl.repositoryUrl, revision: versionControl.revision, ref_name: versionControl.refName, ref_type: versionControl.refType },
    labels: Object.fromEntries(run.labels),
    error: errorView(failureShownFor(progress)),
    parent_run_id: run.parentRunId,
    root_run_id: run.rootRunId,
    previous_run_id: run.previousRunId,
    trace_id: run.traceId,
    task_counts: tasks,
    event_count: content.events,
    artifact_count: content.artifacts,
    received_at: isoOrNull(run.receivedAtUs),
    updated_at: isoOrNull(run.updatedAtUs),
  };
}

/** The doubts of a run's records, and whether its status is only derived. */
export function flagsView({ run, tasks }: StoredRun): string[] {
  return shownStatusOf(run, tasks).isDerived ? [...run.flags, 'derived_status'] : [...run.flags];
}
