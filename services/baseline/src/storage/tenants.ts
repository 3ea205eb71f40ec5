import type { Transaction } from '@orrery/persistence';
import { execute, type Statement } from './statement.js';

const remember: Statement = { name: 'remember tenant', text: 'insert into known_tenant (name) values ($1) on conflict do nothing' };
const list: Statement = { name: 'list tenants', text: 'select name from known_tenant order by name' };

/** Notes whose rows there are, since row security lets nobody ask the tables themselves. */
export async function rememberTenant(transaction: Transaction, tenantId: string): Promise<void> {
  await execute(transaction, remember, [tenantId]);
}

/** All tenants that something was ever learned of, for housekeeping that goes through them one by one. */
export async function knownTenants(transaction: Transaction): Promise<readonly string[]> {
  return (await execute<{ name: string }>(transaction, list)).map(({ name }) => name);
}
