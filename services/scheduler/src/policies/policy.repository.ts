import { OrreryError } from '@orrery/errors';
import { execute, moment, query, wholeMilliseconds, type Statement, type Transaction } from '@orrery/persistence';
import type { PolicyName } from './policy-store.js';

/** A learned policy without its bytes. */
export interface StoredPolicy extends PolicyName {
  readonly createdAtMs: number;
  /** SHA-256 of the artifact, in hexadecimal. */
  readonly checksum: string;
  readonly card: unknown;
}

export interface NewPolicy extends Omit<StoredPolicy, 'version'> {
  readonly artifact: Uint8Array;
}

/** That somebody, or the release gate, put a policy into service. */
export interface PolicyChoice extends PolicyName {
  readonly number: number;
  readonly atMs: number;
  readonly by: string;
  readonly reason: string;
}

/** What comes with the product counts as version 1 of every learned policy. */
const firstVersion = 2;
/** Versions that are kept; what serves, or can be gone back to, is kept however old it is. */
const keptVersions = 20;

const lock: Statement = { name: 'lock policies', text: `select pg_advisory_xact_lock(hashtextextended(concat_ws(' ', 'orrery policies', current_setting('orrery.tenant_id')), 0))` };
const columns = `name, version, ${wholeMilliseconds('created_at')} as "createdAtMs", checksum, card`;
const list: Statement = { name: 'list policies', text: `select ${columns} from policy order by version desc, name limit 200` };
const current: Statement = {
  name: 'current policy choice',
  text: `select number, name, version, ${wholeMilliseconds('at')} as "atMs", by, reason from policy_choice where undone_at is null order by number desc limit 1`,
};
const artifact: Statement = { name: 'artifact of a policy', text: 'select checksum, artifact from policy where name = $1 and version = $2' };

/** Whoever adds a policy, or changes which serves, does so one after the other. */
export async function lockPolicies(transaction: Transaction): Promise<void> {
  await execute(transaction, lock);
}

/** Adds the next version, and drops what is too old. The policies must be locked. */
export async function addPolicy(transaction: Transaction, tenantId: string, { name, createdAtMs, checksum, card, artifact: bytes }: NewPolicy): Promise<number> {
  const text = `
    insert into policy (tenant_id, name, version, created_at, checksum, card, artifact)
    select $1::text, $2::text, greatest(coalesce(max(version), 0) + 1, ${firstVersion}), ${moment('$3')}, $4::text, $5::jsonb, $6::bytea from policy where name = $2
    returning version`;
  const [{ version } = { version: 0 }] = await query<{ version: number }>(transaction, text, [tenantId, name, createdAtMs, checksum, JSON.stringify(card ?? null), bytes]);
  const drop = 'delete from policy p where name = $1 and version <= $2 and not exists (select from policy_choice c where c.name = p.name and c.version = p.version and c.undone_at is null)';
  await query(transaction, drop, [name, version - keptVersions]);
  return version;
}

/** The learned policies of a tenant, the newest first. */
export async function listPolicies(transaction: Transaction): Promise<readonly StoredPolicy[]> {
  return await execute<StoredPolicy>(transaction, list);
}

export async function readArtifact(transaction: Transaction, { name, version }: PolicyName): Promise<{ readonly checksum: string; readonly artifact: Uint8Array } | undefined> {
  return (await execute<{ checksum: string; artifact: Uint8Array }>(transaction, artifact, [name, version]))[0];
}

/** What was put into service last and was not taken back; undefined where what comes with the product serves. */
export async function currentChoice(transaction: Transaction): Promise<PolicyChoice | undefined> {
  return (await execute<PolicyChoice>(transaction, current))[0];
}

/** Puts a policy into service. The policies must be locked. */
export async function addChoice(transaction: Transaction, tenantId: string, { name, version, atMs, by, reason }: Omit<PolicyChoice, 'number'>): Promise<void> {
  const text = `
    insert into policy_choice (tenant_id, number, name, version, at, by, reason)
    select $1::text, coalesce(max(number), 0) + 1, $2::text, $3::int, ${moment('$4')}, $5::text, $6::text from policy_choice`;
  await query(transaction, text, [tenantId, name, version, atMs, by, reason]);
}

/** Takes back what was put into service last, so that what served before does again. @throws ORRERY_CONFLICT when nothing was. */
export async function undoChoice(transaction: Transaction, number: number, atMs: number): Promise<void> {
  const rows = await query(transaction, `update policy_choice set undone_at = ${moment('$2')} where number = $1 and undone_at is null returning number`, [number, atMs]);
  if (rows.length === 0) throw new OrreryError('ORRERY_CONFLICT', 'somebody else changed meanwhile which policy serves');
}
