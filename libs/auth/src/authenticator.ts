import { ApiKeys } from './api-keys.js';
import { requireKeysBeyondLoopback, tenantOfRequest, type Credentials } from './authenticate.js';

export interface AuthenticatorOptions {
  /** Where the service listens. */
  readonly host: string;
  /** Entries of ORRERY_API_KEYS. */
  readonly apiKeys: readonly string[];
  /** Route patterns whose handler names the tenant by a signature over the body. */
  readonly signedRoutes?: readonly string[];
}

/** What is asked of a request: its headers, and the route pattern it matched. */
export interface RoutedRequest extends Credentials {
  readonly routeOptions: { readonly url?: string | undefined };
}

/**
 * Makes the function that names the tenant of each request, or refuses it; for signed routes it names none.
 *
 * @throws ORRERY_CONFIG when the keys have a wrong form, or are missing while the service is open to the network.
 */
export function authenticator({ host, apiKeys, signedRoutes = [] }: AuthenticatorOptions): (request: RoutedRequest) => string {
  const keys = ApiKeys.parse(apiKeys);
  requireKeysBeyondLoopback(host, keys);
  return (request) => (signedRoutes.includes(request.routeOptions.url ?? '') ? '' : tenantOfRequest(keys, request));
}
