import type { QueryRunner } from 'typeorm';
import { quoteIdentifier } from './identifiers.js';

/** The role that services work as: it owns nothing and cannot go around row security. */
export const applicationRole = 'orrery_app';

/** The session setting that holds the tenant of a transaction. */
export const tenantSetting = 'orrery.tenant_id';

/**
 * For migrations: lets every row of the table be seen and written by its tenant only, also by the table's owner.
 * The table needs a column `tenant_id text not null`. Without a tenant there are no rows; a migration that changes rows of such a
 * table must set the tenant too, unless it runs as a superuser.
 */
export async function enableRowSecurity(runner: QueryRunner, table: string): Promise<void> {
  const name = quoteIdentifier(table);
  // The setting reverts to '' and not to null after its first use in a session, hence the nullif.
  const isTenants = `tenant_id = nullif(current_setting('${tenantSetting}', true), '')`;
  await runner.query(`
    alter table ${name} enable row level security;
    alter table ${name} force row level security;
    create policy tenant on ${name} using (${isTenants}) with check (${isTenants});
    grant select, insert, update, delete on ${name} to ${applicationRole}`);
}
