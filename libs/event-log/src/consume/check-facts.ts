import { faultOfFact, type WorkflowFact } from '@orrery/contracts';
import { OrreryError } from '@orrery/errors';
import type { LogBatch } from '../event-log.js';

/** Refuses facts that would break what learning relies on. @throws ORRERY_VALIDATION that names the record and its fault. */
export function checkFacts(batch: LogBatch<WorkflowFact>): void {
  for (const { value, record } of batch.records) {
    const fault = faultOfFact(value, record.key);
    if (fault !== undefined) throw new OrreryError('ORRERY_VALIDATION', `record ${batch.topic}/${batch.partition}/${record.offset}: ${fault}`);
  }
}
