import { OrreryError } from '@orrery/errors';

/** Header that names the tenant in specs, in place of a key. */
export const tenantHeader = 'x-spec-tenant';

/**
 * The tenant that the header names; `nobody` is refused.
 *
 * @example startHttpService({ authenticate: specTenantOf, ... })
 */
export function specTenantOf({ headers }: { readonly headers: Readonly<Record<string, unknown>> }): string {
  const tenantId = String(headers[tenantHeader] ?? 'default');
  if (tenantId === 'nobody') throw new OrreryError('ORRERY_FORBIDDEN', 'the API key is not known', { details: { httpStatus: 401 } });
  return tenantId;
}
