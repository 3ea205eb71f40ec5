import { OrreryError } from '@orrery/errors';
import { execute, moment, query, wholeMilliseconds, type Statement, type Transaction } from '@orrery/persistence';
import { withDecision, type Decision, type ModelCard } from './domain/model-card.js';
import type { ModelKind, ModelSlot, ModelStatus } from './domain/model-kind.js';

/** A model without its bytes. */
export interface StoredModel extends ModelSlot {
  readonly version: number;
  readonly status: ModelStatus;
  /** Name of the workflow; empty where the kind has none. */
  readonly workflow: string;
  readonly createdAtMs: number;
  /** When it was last put into service. */
  readonly promotedAtMs: number | null;
  /** SHA-256 of the bytes, in hexadecimal. */
  readonly checksum: string;
  readonly card: ModelCard;
}

export interface NewModel extends Omit<StoredModel, 'version'> {
  readonly artifact: Uint8Array;
}

/** A model as it serves: its number and its bytes. */
export interface StoredArtifact {
  readonly version: number;
  readonly checksum: string;
  readonly artifact: Uint8Array;
}

export interface ChampionRow extends ModelSlot {
  readonly version: number;
  readonly checksum: string;
}

export interface ModelFilter {
  readonly kind?: ModelKind | undefined;
  readonly scope?: string | undefined;
  readonly status?: ModelStatus | undefined;
}

/** Where a page of models begins. */
export interface ModelPlace {
  readonly atMs: number;
  readonly kind: string;
  readonly scope: string;
  readonly version: number;
}

/** Versions that are kept of each model; what serves is kept however old it is. */
const keptVersions = 20;

const columns = `kind, scope, version, status, workflow, ${wholeMilliseconds('created_at')} as created_at_ms, ${wholeMilliseconds('promoted_at')} as promoted_at_ms, checksum, card`;

interface ModelRow {
  readonly kind: ModelKind;
  readonly scope: string;
  readonly version: number;
  readonly status: ModelStatus;
  readonly workflow: string;
  readonly created_at_ms: number;
  readonly promoted_at_ms: number | null;
  readonly checksum: string;
  readonly card: ModelCard;
}

function modelOf({ created_at_ms: createdAtMs, promoted_at_ms: promotedAtMs, ...row }: ModelRow): StoredModel {
  return { ...row, createdAtMs, promotedAtMs };
}

const lock: Statement = { name: 'lock model slot', text: `select pg_advisory_xact_lock(hashtextextended(concat_ws(' ', 'orrery model', current_setting('orrery.tenant_id'), $1::text, $2::text), 0))` };
const champions: Statement = { name: 'champions of a tenant', text: `select kind, scope, version, checksum from model where status = 'champion' order by kind, scope` };
const artifact: Statement = { name: 'artifact of a model', text: 'select version, checksum, artifact from model where kind = $1 and scope = $2 and version = $3' };

/** Whoever changes which model serves, or adds one, does so one after the other. */
export async function lockSlot(transaction: Transaction, { kind, scope }: ModelSlot): Promise<void> {
  await execute(transaction, lock, [kind, scope]);
}

/** Adds the next version, and drops what is too old to be rolled back to. The slot must be locked. */
export async function addModel(transaction: Transaction, tenantId: string, model: NewModel): Promise<number> {
  const text = `
    insert into model (tenant_id, kind, scope, version, status, created_at, promoted_at, workflow, checksum, card, artifact)
    select $1::text, $2::text, $3::text, coalesce(max(version), 0) + 1, $4::text, ${moment('$5')}, ${moment('$6')}, $7::text, $8::text, $9::jsonb, $10::bytea from model where kind = $2 and scope = $3
    returning version`;
  const { kind, scope, status, createdAtMs, promotedAtMs, workflow, checksum, card, artifact: bytes } = model;
  const values = [tenantId, kind, scope, status, createdAtMs, promotedAtMs, workflow, checksum, JSON.stringify(card), bytes];
  const [{ version } = { version: 0 }] = await query<{ version: number }>(transaction, text, values);
  await query(transaction, `delete from model where kind = $1 and scope = $2 and status <> 'champion' and version <= $3`, [kind, scope, version - keptVersions]);
  return version;
}

export async function listModels(transaction: Transaction, { kind, scope, status }: ModelFilter, after: ModelPlace | undefined, limit: number): Promise<readonly StoredModel[]> {
  const text = `
    select ${columns} from model
    where ($1::text is null or kind = $1) and ($2::text is null or scope = $2) and ($3::text is null or status = $3)
      and ($4::double precision is null or (${wholeMilliseconds('created_at')}, kind, scope, version) < ($4, $5::text, $6::text, $7::int))
    order by ${wholeMilliseconds('created_at')} desc, kind desc, scope desc, version desc limit $8`;
  const values = [kind ?? null, scope ?? null, status ?? null, after?.atMs ?? null, after?.kind ?? null, after?.scope ?? null, after?.version ?? null, limit];
  return (await query<ModelRow>(transaction, text, values)).map(modelOf);
}

/** @throws ORRERY_NOT_FOUND */
export async function findModel(transaction: Transaction, { kind, scope }: ModelSlot, version: number): Promise<StoredModel> {
  const [row] = await query<ModelRow>(transaction, `select ${columns} from model where kind = $1 and scope = $2 and version = $3`, [kind, scope, version]);
  if (row === undefined) throw new OrreryError('ORRERY_NOT_FOUND', `there is no version ${version} of the ${kind} model`, { details: { kind, scope, version } });
  return modelOf(row);
}

export async function findChampion(transaction: Transaction, { kind, scope }: ModelSlot): Promise<StoredModel | undefined> {
  const [row] = await query<ModelRow>(transaction, `select ${columns} from model where kind = $1 and scope = $2 and status = 'champion'`, [kind, scope]);
  return row === undefined ? undefined : modelOf(row);
}

/** The models that serve a tenant, without their bytes. */
export async function listChampions(transaction: Transaction): Promise<readonly ChampionRow[]> {
  return await execute<ChampionRow>(transaction, champions);
}

export async function readArtifact(transaction: Transaction, { kind, scope }: ModelSlot, version: number): Promise<StoredArtifact | undefined> {
  return (await execute<StoredArtifact>(transaction, artifact, [kind, scope, version]))[0];
}

/** Models that served before, the latest first. */
export async function listRetired(transaction: Transaction, { kind, scope }: ModelSlot, servedBeforeMs: number): Promise<readonly StoredModel[]> {
  const text = `
    select ${columns} from model
    where kind = $1 and scope = $2 and status = 'retired' and promoted_at is not null and ${wholeMilliseconds('promoted_at')} < $3 order by promoted_at desc, version desc limit 5`;
  return (await query<ModelRow>(transaction, text, [kind, scope, servedBeforeMs])).map(modelOf);
}

/** What becomes of a model. */
export interface Standing {
  readonly status: ModelStatus;
  readonly decision: Decision;
  /** Left as it is when absent. */
  readonly promotedAtMs?: number;
}

/** Writes how a model stands from now on, and why. */
export async function setStanding(transaction: Transaction, model: StoredModel, { status, decision, promotedAtMs }: Standing): Promise<StoredModel> {
  const card = withDecision(model.card, decision);
  const text = `
    update model set status = $4, card = $5, promoted_at = coalesce(${moment('$6')}, promoted_at)
    where kind = $1 and scope = $2 and version = $3 returning ${columns}`;
  const [row] = await query<ModelRow>(transaction, text, [model.kind, model.scope, model.version, status, JSON.stringify(card), promotedAtMs ?? null]);
  return row === undefined ? model : modelOf(row);
}
