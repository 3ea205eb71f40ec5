import { randomUUID } from 'node:crypto';
import { OrreryError } from '@orrery/errors';
import { moment, query, wholeMilliseconds, type Transaction } from '@orrery/persistence';
import type { TrainingProgress } from '../domain/boosted/index.js';
import type { ModelKind, ModelSlot, Promotion, TrainingStatus } from './domain/model-kind.js';

/** One training, from its request to its end. */
export interface Training extends ModelSlot {
  readonly trainingId: string;
  /** Name of the workflow; empty where the kind has none. */
  readonly workflow: string;
  readonly status: TrainingStatus;
  readonly requestedAtMs: number;
  readonly requestedBy: string;
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
  /** When the process that trains was last heard of. */
  readonly heartbeatAtMs: number | null;
  readonly seed: number;
  readonly promote: Promotion;
  readonly progress: TrainingProgress | null;
  /** What became of it, for people. */
  readonly message: string;
  /** The model that it made. */
  readonly modelVersion: number | null;
}

export type TrainingRequest = Pick<Training, 'kind' | 'scope' | 'workflow' | 'seed' | 'promote' | 'requestedBy'>;

export interface TrainingFilter {
  readonly kind?: ModelKind | undefined;
  readonly status?: TrainingStatus | undefined;
}

export interface TrainingPlace {
  readonly atMs: number;
  readonly id: string;
}

/** Trainings that a tenant's list keeps. */
const keptTrainings = 500;

const columns = `
  training_id, kind, scope, workflow, status, ${wholeMilliseconds('requested_at')} as requested_at_ms, requested_by, ${wholeMilliseconds('started_at')} as started_at_ms,
  ${wholeMilliseconds('finished_at')} as finished_at_ms, ${wholeMilliseconds('heartbeat_at')} as heartbeat_at_ms, seed::double precision as seed, promote, progress, message, model_version`;

interface TrainingRow {
  readonly training_id: string;
  readonly kind: ModelKind;
  readonly scope: string;
  readonly workflow: string;
  readonly status: TrainingStatus;
  readonly requested_at_ms: number;
  readonly requested_by: string;
  readonly started_at_ms: number | null;
  readonly finished_at_ms: number | null;
  readonly heartbeat_at_ms: number | null;
  readonly seed: number;
  readonly promote: Promotion;
  readonly progress: TrainingProgress | null;
  readonly message: string;
  readonly model_version: number | null;
}

function trainingOf(row: TrainingRow): Training {
  return {
    ...{ trainingId: row.training_id, kind: row.kind, scope: row.scope, workflow: row.workflow, status: row.status, requestedAtMs: row.requested_at_ms },
    ...{ requestedBy: row.requested_by, startedAtMs: row.started_at_ms, finishedAtMs: row.finished_at_ms, heartbeatAtMs: row.heartbeat_at_ms },
    ...{ seed: row.seed, promote: row.promote, progress: row.progress, message: row.message, modelVersion: row.model_version },
  };
}

/**
 * Puts a training in the queue.
 *
 * @throws ORRERY_CONFLICT when one of the same kind and workflow waits or runs already.
 */
export async function addTraining(transaction: Transaction, tenantId: string, request: TrainingRequest, nowMs: number): Promise<Training> {
  const text = `
    insert into training (tenant_id, training_id, kind, scope, workflow, status, requested_at, requested_by, seed, promote, message)
    values ($1, $2, $3, $4, $5, 'queued', ${moment('$6')}, $7, $8, $9, '')
    on conflict (tenant_id, kind, scope) where status in ('queued', 'running') do nothing returning ${columns}`;
  const { kind, scope, workflow, seed, promote, requestedBy } = request;
  const [row] = await query<TrainingRow>(transaction, text, [tenantId, randomUUID(), kind, scope, workflow, nowMs, requestedBy, seed, promote]);
  if (row === undefined) throw new OrreryError('ORRERY_CONFLICT', `a training of the ${kind} model waits or runs already`, { details: { kind, scope } });
  await query(transaction, `insert into training_queue (training_id, owner, requested_at) values ($1, $2, ${moment('$3')})`, [row.training_id, tenantId, nowMs]);
  const old = `delete from training where status not in ('queued', 'running') and training_id in (select training_id from training order by requested_at desc offset $1)`;
  await query(transaction, old, [keptTrainings]);
  return trainingOf(row);
}

export async function listTrainings(transaction: Transaction, { kind, status }: TrainingFilter, after: TrainingPlace | undefined, limit: number): Promise<readonly Training[]> {
  const text = `
    select ${columns} from training
    where ($1::text is null or kind = $1) and ($2::text is null or status = $2)
      and ($3::double precision is null or (${wholeMilliseconds('requested_at')}, training_id) < ($3, $4::uuid))
    order by ${wholeMilliseconds('requested_at')} desc, training_id desc limit $5`;
  return (await query<TrainingRow>(transaction, text, [kind ?? null, status ?? null, after?.atMs ?? null, after?.id ?? null, limit])).map(trainingOf);
}

/** @throws ORRERY_NOT_FOUND */
export async function findTraining(transaction: Transaction, trainingId: string): Promise<Training> {
  const [row] = await query<TrainingRow>(transaction, `select ${columns} from training where training_id = $1`, [trainingId]);
  if (row === undefined) throw new OrreryError('ORRERY_NOT_FOUND', `training ${trainingId} does not exist`, { details: { trainingId } });
  return trainingOf(row);
}

/** The end of a training. */
export interface TrainingEnd {
  readonly status: Exclude<TrainingStatus, 'queued' | 'running'>;
  readonly message: string;
  readonly modelVersion?: number;
}

/** Ends a training that waits or runs; undefined when it was over before. */
export async function endTraining(transaction: Transaction, trainingId: string, { status, message, modelVersion }: TrainingEnd, nowMs: number): Promise<Training | undefined> {
  const text = `
    update training set status = $2, message = $3, model_version = $4, finished_at = ${moment('$5')}
    where training_id = $1 and status in ('queued', 'running') returning ${columns}`;
  const [row] = await query<TrainingRow>(transaction, text, [trainingId, status, message, modelVersion ?? null, nowMs]);
  return row === undefined ? undefined : trainingOf(row);
}

/** Marks a training as running; undefined when it no longer waits. */
export async function beginTraining(transaction: Transaction, trainingId: string, nowMs: number): Promise<Training | undefined> {
  const text = `
    update training set status = 'running', started_at = ${moment('$2')}, heartbeat_at = ${moment('$2')}
    where training_id = $1 and status = 'queued' returning ${columns}`;
  const [row] = await query<TrainingRow>(transaction, text, [trainingId, nowMs]);
  return row === undefined ? undefined : trainingOf(row);
}

/** Says that the process lives, and how far it is. */
export async function noteProgress(transaction: Transaction, trainingId: string, progress: TrainingProgress | null, nowMs: number): Promise<void> {
  const text = `update training set heartbeat_at = ${moment('$2')}, progress = coalesce($3, progress) where training_id = $1 and status = 'running'`;
  await query(transaction, text, [trainingId, nowMs, progress === null ? null : JSON.stringify(progress)]);
}

/** Puts a training that runs back into the queue. */
export async function requeueTraining(transaction: Transaction, trainingId: string): Promise<void> {
  await query(transaction, `update training set status = 'queued', started_at = null, heartbeat_at = null, progress = null where training_id = $1 and status = 'running'`, [trainingId]);
}

/** The newest training of each kind and workflow. */
export async function lastTrainings(transaction: Transaction): Promise<readonly (ModelSlot & { readonly requestedAtMs: number; readonly isOpen: boolean })[]> {
  const text = `
    select kind, scope, ${wholeMilliseconds('max(requested_at)')} as "requestedAtMs", bool_or(status in ('queued', 'running')) as "isOpen" from training group by kind, scope`;
  return await query(transaction, text);
}
