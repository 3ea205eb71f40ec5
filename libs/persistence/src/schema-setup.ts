import { messageOf, OrreryError } from '@orrery/errors';
import type { ClientBase } from 'pg';
import { quoteIdentifier } from './identifiers.js';
import { partitionFunctions } from './partition-functions.js';
import { applicationRole } from './row-security.js';

const oldestVersion = 150_000;

/**
 * Brings a schema into the state that migrations start from: the services' role, the schema, its privileges and functions.
 * Idempotent; the caller holds the schema's lock.
 *
 * @throws ORRERY_CONFIG when the server is too old, or its user lacks the privileges: the message has the SQL that helps.
 */
export async function setUpSchema(client: ClientBase, schema: string): Promise<void> {
  await checkVersion(client);
  const user = await presentUser(client);
  await ensureApplicationRole(client, user);
  const name = quoteIdentifier(schema);
  await withPrivileges({ need: `create schema ${name} authorization ${user}` }, async () => {
    const { rowCount } = await client.query('select from pg_namespace where nspname = $1', [schema]);
    if (rowCount === 0) await client.query(`create schema ${name}`);
  });
  await withPrivileges({ need: `alter schema ${name} owner to ${user}` }, async () => {
    await client.query(`
      grant usage on schema ${name} to ${applicationRole};
      alter default privileges in schema ${name} grant select, insert, update, delete on tables to ${applicationRole};
      alter default privileges in schema ${name} grant usage, select on sequences to ${applicationRole}`);
    await client.query(partitionFunctions(schema));
  });
}

/** The table of applied migrations is the migrations' role's alone. */
export async function protectMigrationTable(client: ClientBase, schema: string, table: string): Promise<void> {
  await client.query(`revoke all on ${quoteIdentifier(schema)}.${quoteIdentifier(table)} from ${applicationRole}`);
}

async function checkVersion(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ number: number; name: string }>(
    `select current_setting('server_version_num')::int as number, current_setting('server_version') as name`,
  );
  const version = rows[0];
  if (version !== undefined && version.number >= oldestVersion) return;
  throw new OrreryError('ORRERY_CONFIG', `the database is PostgreSQL ${version?.name}; expected 15 or later`);
}

async function presentUser(client: ClientBase): Promise<string> {
  const { rows } = await client.query<{ name: string }>('select quote_ident(current_user) as name');
  return rows[0]?.name ?? 'current_user';
}

async function ensureApplicationRole(client: ClientBase, user: string): Promise<void> {
  const create = `create role ${applicationRole} nologin nobypassrls`;
  const grant = `grant ${applicationRole} to ${user}`;
  await withPrivileges({ need: `${create}; ${grant}` }, async () => {
    // Roles belong to the whole server, and the schema's lock does not: another database's services may be doing the same.
    for (let attempt = 1; !(await hasUsableRole(client)); attempt++) {
      try {
        await client.query(attempt === 1 ? `${create}; ${grant}` : grant);
      } catch (error) {
        if (attempt === roleAttempts || !isRace(error)) throw error;
      }
    }
  });
}

const roleAttempts = 5;

/** duplicate_object, unique_violation, and "tuple concurrently updated", which has no state of its own. */
function isRace(error: unknown): boolean {
  return ['42710', '23505', 'XX000'].includes((error as { code?: string }).code ?? '');
}

/** Whether the role exists, keeps to row security, and is one that our user may take. */
async function hasUsableRole(client: ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ bypasses: boolean }>('select rolsuper or rolbypassrls as bypasses from pg_roles where rolname = $1', [applicationRole]);
  if (rows[0] === undefined) return false;
  if (rows[0].bypasses) {
    const remedy = `alter role ${applicationRole} nosuperuser nobypassrls`;
    throw new OrreryError('ORRERY_CONFIG', `role ${applicationRole} can go around row security; run as an administrator: ${remedy}`);
  }
  try {
    await client.query(`set role ${applicationRole}`);
    await client.query('reset role');
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === insufficientPrivilege) return false;
    throw error;
  }
}

const insufficientPrivilege = '42501';

async function withPrivileges({ need }: { readonly need: string }, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if ((error as { code?: string }).code !== insufficientPrivilege) throw error;
    throw new OrreryError('ORRERY_CONFIG', `the database user lacks a privilege (${messageOf(error)}); run as an administrator: ${need}`, { cause: error });
  }
}
