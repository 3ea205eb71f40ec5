import { z } from 'zod';
import { modelKinds, modelStatuses, promotions, trainingStatuses } from './domain/model-kind.js';
import type { Decision } from './domain/model-card.js';
import type { RolledBack } from './model.service.js';
import type { StoredModel } from './model.repository.js';
import type { Training } from './training.repository.js';

const timeSchema = z.string().describe('ISO 8601 in UTC');
const metricsSchema = z.record(z.string(), z.record(z.string(), z.number().nullable())).describe('By candidate and metric, all on the same held-out executions');
const workflowSchema = z.object({ workflow_id: z.string(), workflow: z.string() }).nullable().describe('Null for a model of all workflows');

const decisionSchema = z.object({
  at: timeSchema,
  what: z.enum(['promoted', 'rejected', 'kept_waiting', 'retired', 'restored']),
  by: z.string().describe('rule, or who did it by hand'),
  reason: z.string(),
});

const modelFields = {
  kind: z.enum(modelKinds),
  version: z.int(),
  scope: workflowSchema,
  status: z.enum(modelStatuses),
  created_at: timeSchema,
  promoted_at: timeSchema.nullable(),
  checksum: z.string().describe('SHA-256 of the artefact'),
  size_bytes: z.int(),
  candidate: z.string().describe('The name of the model itself among the candidates'),
  metrics: metricsSchema,
  last_decision: decisionSchema.nullable(),
};

/** A model as lists show it. */
export const modelSchema = z.object(modelFields).meta({ id: 'PredictorModel' });

export type ModelView = z.output<typeof modelSchema>;

const comparisonSchema = z.object({
  against: z.string(),
  rows: z.int(),
  challenger: z.number(),
  rival: z.number(),
  margin: z.number().describe('What it must be better by so that it is hardly chance'),
  is_better: z.boolean(),
});

/** A model with all that is known of it. */
export const modelCardSchema = z
  .object({
    ...modelFields,
    training_id: z.string(),
    requested_by: z.string(),
    seed: z.int(),
    features: z.array(z.string()),
    data: z.object({ from: timeSchema, until: timeSchema, held_out_from: timeSchema, rows: z.int(), training_rows: z.int(), validation_rows: z.int(), held_out_rows: z.int() }),
    hyper_parameters: z.record(z.string(), z.union([z.number(), z.string()])),
    chosen_by: z.string(),
    loss: z.string().describe('The loss that decides'),
    comparisons: z.array(comparisonSchema),
    calibration: z.array(z.object({ nominal: z.number(), observed: z.number().nullable() })).describe('Points of a calibration plot'),
    tree: z.string().nullable().describe('A drawing of the decision tree, where there is one'),
    runtime: z.record(z.string(), z.unknown()).nullable().describe('What a network was computed on'),
    decisions: z.array(decisionSchema),
  })
  .meta({ id: 'PredictorModelCard' });

export type ModelCardView = z.output<typeof modelCardSchema>;

export const rollbackSchema = z.object({ from: modelSchema, to: modelSchema.nullable().describe('Null where nothing served before') }).meta({ id: 'PredictorRollback' });

export type RollbackView = z.output<typeof rollbackSchema>;

export const trainingSchema = z
  .object({
    training_id: z.string(),
    kind: z.enum(modelKinds),
    scope: workflowSchema,
    status: z.enum(trainingStatuses),
    requested_at: timeSchema,
    requested_by: z.string(),
    started_at: timeSchema.nullable(),
    finished_at: timeSchema.nullable(),
    heartbeat_at: timeSchema.nullable(),
    seed: z.int(),
    promote: z.enum(promotions),
    progress: z.object({ phase: z.enum(['reading', 'training', 'measuring']), share: z.number(), words: z.string() }).nullable(),
    message: z.string(),
    model_version: z.int().nullable(),
  })
  .meta({ id: 'PredictorTraining' });

export type TrainingView = z.output<typeof trainingSchema>;

export function modelView({ kind, version, scope, workflow, status, createdAtMs, promotedAtMs, checksum, card }: StoredModel): ModelView {
  const last = card.decisions.at(-1);
  return {
    ...{ kind, version, scope: workflowView(scope, workflow), status, created_at: iso(createdAtMs), promoted_at: isoOrNull(promotedAtMs) },
    ...{ checksum, size_bytes: card.sizeBytes, candidate: card.report.candidate, metrics: card.report.metrics, last_decision: last === undefined ? null : decisionView(last) },
  };
}

export function modelCardView(model: StoredModel): ModelCardView {
  const { trainingId, requestedBy, seed, features, report, runtime, decisions } = model.card;
  const { rows, window } = report;
  return {
    ...modelView(model),
    ...{ training_id: trainingId, requested_by: requestedBy, seed, features: [...features] },
    data: {
      ...{ from: iso(window.fromMs), until: iso(window.untilMs), held_out_from: iso(window.heldOutFromMs) },
      ...{ rows: rows.usable, training_rows: rows.training, validation_rows: rows.validation, held_out_rows: rows.heldOut },
    },
    ...{ hyper_parameters: report.hyperParameters, chosen_by: report.chosenBy, loss: report.lossName },
    comparisons: report.comparisons.map(({ isBetter, ...comparison }) => ({ ...comparison, is_better: isBetter })),
    ...{ calibration: [...report.calibration], tree: report.drawing ?? null, runtime: runtime === null ? null : { ...runtime } },
    decisions: decisions.map(decisionView),
  };
}

export function rollbackView({ from, to }: RolledBack): RollbackView {
  return { from: modelView(from), to: to === null ? null : modelView(to) };
}

export function trainingView(training: Training): TrainingView {
  const { trainingId, kind, scope, workflow, status, seed, promote, progress, message, modelVersion } = training;
  return {
    ...{ training_id: trainingId, kind, scope: workflowView(scope, workflow), status, requested_at: iso(training.requestedAtMs), requested_by: training.requestedBy },
    ...{ started_at: isoOrNull(training.startedAtMs), finished_at: isoOrNull(training.finishedAtMs), heartbeat_at: isoOrNull(training.heartbeatAtMs) },
    ...{ seed, promote, progress, message, model_version: modelVersion },
  };
}

function decisionView({ atMs, ...decision }: Decision): ModelCardView['decisions'][number] {
  return { at: iso(atMs), ...decision };
}

function workflowView(scope: string, workflow: string): ModelView['scope'] {
  return scope === '' ? null : { workflow_id: scope, workflow };
}

function iso(momentMs: number): string {
  return new Date(momentMs).toISOString();
}

function isoOrNull(momentMs: number | null): string | null {
  return momentMs === null ? null : iso(momentMs);
}
