import { fromBinary } from '@bufbuild/protobuf';
import { ExecutionRecordSchema, type ExecutionRecord } from '@orrery/contracts';
import type { Statement, Transaction } from '@orrery/persistence';
import { execute } from './statement.js';
import type { RunPlace } from './timeline.repository.js';

const readRecords: Statement = {
  name: 'read records',
  text: 'select record_id, encoded from record where run_id = $1 and bucket = $2 and record_id > $3 order by record_id limit $4::int',
};

const firstId = '00000000-0000-0000-0000-000000000000';
const portionBytes = 8 * 1024 * 1024;
const firstPortion = 50;
const maxPortion = 2000;

/** All kept records of a run in no particular order, in portions of about 8 MiB. */
export async function* storedRecords(transaction: Transaction, { runId, bucket }: RunPlace): AsyncGenerator<readonly ExecutionRecord[]> {
  let limit = firstPortion;
  for (let after = firstId; ; ) {
    const rows = await execute<{ record_id: string; encoded: Buffer }>(transaction, readRecords, [runId, bucket, after, limit]);
    yield rows.map(({ encoded }) => fromBinary(ExecutionRecordSchema, encoded));
    if (rows.length < limit) return;
    after = rows.at(-1)?.record_id ?? after;
    const bytesEach = rows.reduce((sum, { encoded }) => sum + encoded.byteLength, 0) / rows.length;
    limit = Math.max(firstPortion, Math.min(maxPortion, Math.floor(portionBytes / Math.max(1, bytesEach))));
  }
}
