import type { ExecutionRecord } from '@orrery/contracts';
import { OrreryError } from '@orrery/errors';
import type { LogBatch } from '@orrery/event-log';

const idForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Refuses records that would break what the store relies on.
 *
 * @throws ORRERY_VALIDATION when a record has no tenant or ids of another form, or when its key is not its run: then another consumer
 * may be writing the same run at the same time.
 */
export function checkRecords(batch: LogBatch<ExecutionRecord>): void {
  for (const { value, record } of batch.records) {
    const fault = faultOf(value, record.key);
    if (fault === undefined) continue;
    throw new OrreryError('ORRERY_VALIDATION', `record ${batch.topic}/${batch.partition}/${record.offset}: ${fault}`);
  }
}

function faultOf({ recordId, tenantId, runId }: ExecutionRecord, key: string | null): string | undefined {
  if (tenantId === '') return 'tenant_id is empty';
  if (!idForm.test(recordId)) return 'record_id is not a lower-case UUID';
  if (runId === '') return undefined;
  if (!idForm.test(runId)) return 'run_id is not a lower-case UUID';
  return key === runId ? undefined : 'the key is not the run_id';
}
