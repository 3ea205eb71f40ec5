import { findRowsByIndex, type Database } from '@orrery/persistence';
import { reportOf } from './accuracy-report.js';
import { findAccuracy, findDrifting, findMedianErrors, findThirds, type AccuracyFilter } from './accuracy.repository.js';
import type { AccuracyReportView } from './accuracy.view.js';

/** Says how good predictions have been. */
export class AccuracyService {
  constructor(private readonly database: Database) {}

  async report(tenantId: string, filter: AccuracyFilter): Promise<AccuracyReportView> {
    return await this.database.forTenant(tenantId, async (transaction) => {
      await findRowsByIndex(transaction);
      return reportOf({
        entries: await findAccuracy(transaction, tenantId, filter),
        medians: await findMedianErrors(transaction, tenantId, filter),
        thirds: await findThirds(transaction, tenantId, filter),
        drifting: await findDrifting(transaction, tenantId, filter.workflow),
      });
    });
  }
}
