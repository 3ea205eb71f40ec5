import type { Database } from '@orrery/persistence';
import type { Logger } from '@orrery/telemetry';
import type { SchedulerMetrics } from '../scheduler.metrics.js';
import { loadShipped } from './load-shipped.js';
import type { OpenPolicy } from './open-policy.js';
import { PoliciesController } from './policies.controller.js';
import { PolicyRegistry } from './policy-registry.js';
import { PolicyShelf } from './policy-shelf.js';
import { ruledBy } from './ruled-policy.js';

export { policyOpenApi } from './policies.controller.js';
export { PolicyRegistry } from './policy-registry.js';

export interface PolicyPartsOptions {
  readonly database: Database;
  readonly open: OpenPolicy;
  readonly metrics: SchedulerMetrics;
  readonly logger: Logger;
  readonly now: () => number;
  /** Where policies that come with the product lie. @default the folder `policies` of this package */
  readonly folder?: string | undefined;
  /** A run that has waited longer than this without any slot goes first. @default half an hour */
  readonly maxWaitMs?: number;
}

const usualWaitMs = 30 * 60_000;

/** The policies of tenants, and the routes that show them. */
export function policyParts({ folder, maxWaitMs = usualWaitMs, ...options }: PolicyPartsOptions) {
  const ruled = ruledBy(maxWaitMs);
  const open: OpenPolicy = (artifact) => {
    const opened = options.open(artifact);
    return { ...opened, policy: ruled(opened.policy), base: opened.base === undefined ? undefined : ruled(opened.base) };
  };
  const shelf = new PolicyShelf(loadShipped(open, folder), ruled);
  for (const { fault } of shelf.shipped) if (fault !== undefined) options.logger.error({ reason: fault }, 'a policy that comes with the product is damaged; the heuristic decides');
  const registry = new PolicyRegistry({ ...options, open, shelf });
  return {
    shelf,
    registry,
    controllers: [PoliciesController],
    providers: [
      { provide: PolicyShelf, useValue: shelf },
      { provide: PolicyRegistry, useValue: registry },
    ],
  };
}
