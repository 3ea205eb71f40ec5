import type { Transaction } from './database.js';
import { execute, type Statement } from './statement.js';

// The table is made by the migrations of each schema that has one: known_tenant (name text primary key).
const remember: Statement = { name: 'remember tenant', text: 'insert into known_tenant (name) values ($1) on conflict do nothing' };
const list: Statement = { name: 'list tenants', text: 'select name from known_tenant order by name' };

/** Notes whose rows there are, since row security lets nobody ask the tables themselves. */
export async function rememberTenant(transaction: Transaction, tenantId: string): Promise<void> {
  await execute(transaction, remember, [tenantId]);
}

/** All tenants that ever had rows in this schema, for housekeeping that goes through them one by one. */
export async function knownTenants(transaction: Transaction): Promise<readonly string[]> {
  return (await execute<{ name: string }>(transaction, list)).map(({ name }) => name);
}
