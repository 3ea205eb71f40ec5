import type { Database } from '@orrery/persistence';
import { listDecisions, type DecisionFilter, type DecisionPlace, type StoredDecision } from './decision.repository.js';

/** The ledger, for those who look back. */
export class DecisionsService {
  constructor(private readonly database: Database) {}

  async list(tenantId: string, filter: DecisionFilter, after: DecisionPlace | undefined, limit: number): Promise<readonly StoredDecision[]> {
    return await this.database.forTenant(tenantId, (transaction) => listDecisions(transaction, filter, after, limit));
  }
}
