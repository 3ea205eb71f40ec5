import type { Database } from '@orrery/persistence';
import { listDeliveries, type Delivery, type DeliveryQuery } from './alert-delivery.repository.js';

/** Looks up what became of alerts. */
export class AlertDeliveryService {
  constructor(private readonly database: Database) {}

  /** Deliveries, the newest first. */
  list(tenantId: string, query: DeliveryQuery): Promise<readonly Delivery[]> {
    return this.database.forTenant(tenantId, (transaction) => listDeliveries(transaction, query));
  }
}
