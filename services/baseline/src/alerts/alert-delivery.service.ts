import type { Database } from '@orrery/persistence';
import { listDeliveries, type Delivery, type DeliveryQuery } from './alert-delivery.repository.js';

/** Looks up what became of alerts. */
export class AlertDeliveryService {
  constructor(private readonly database: Database) {}

  /** A page of deliveries, the newest first, and whether there are more. */
  async list(tenantId: string, query: DeliveryQuery): Promise<{ readonly deliveries: readonly Delivery[]; readonly isMore: boolean }> {
    const found = await this.database.forTenant(tenantId, (transaction) => listDeliveries(transaction, { ...query, limit: query.limit + 1 }));
    return { deliveries: found.slice(0, query.limit), isMore: found.length > query.limit };
  }
}
