import { bulkInsert, type ConflictUpdate, type Transaction } from '@orrery/persistence';
import type { AccuracyKey, AccuracySums } from '../domain/index.js';

const sums = ['count', 'excellent', 'good', 'fair', 'poor', 'ape_sum', 'pinball_sum', 'covered', 'brier_sum', 'right_count'] as const;
const arrays = ['floor_counts', 'floor_hits', 'floor_ape_sums', 'floor_pinball_sums'] as const;

const added: readonly ConflictUpdate[] = [
  ...sums.map((column) => ({ column, expression: `accuracy.${column} + excluded.${column}` })),
  ...arrays.map((column) => ({ column, expression: `array(select coalesce(old, 0) + coalesce(new, 0) from unnest(accuracy.${column}, excluded.${column}) with ordinality as a (old, new, place) order by place)` })),
];

/** Adds scores to those that are there. @param entries one a key, in one order whoever writes. */
export async function addAccuracy(transaction: Transaction, tenantId: string, entries: readonly { readonly key: AccuracyKey; readonly sums: AccuracySums }[]): Promise<void> {
  await bulkInsert(transaction, {
    table: 'accuracy',
    columns: [
      ...['tenant_id', 'workflow_id', 'engine', 'namespace', 'workflow', 'task', 'target', 'model', 'origin'].map((name) => ({ name, type: 'text' })),
      { name: 'version', type: 'int' },
      { name: 'week', type: 'date' },
      ...['count', 'excellent', 'good', 'fair', 'poor', 'covered', 'right_count'].map((name) => ({ name, type: 'bigint' })),
      ...['ape_sum', 'pinball_sum', 'brier_sum'].map((name) => ({ name, type: 'double precision' })),
      ...arrays.map((name) => ({ name, type: 'double precision[]' })),
    ],
    rows: entries.map(({ key: { workflowId, ...key }, sums: { apeSum, pinballSum, brierSum, rightCount, floorCounts, floorHits, floorApeSums, floorPinballSums, ...counts } }) => ({
      ...{ tenant_id: tenantId, workflow_id: workflowId, ...key, ...counts, ape_sum: apeSum, pinball_sum: pinballSum, brier_sum: brierSum, right_count: rightCount },
      ...{ floor_counts: floorCounts, floor_hits: floorHits, floor_ape_sums: floorApeSums, floor_pinball_sums: floorPinballSums },
    })),
    onConflict: { target: ['tenant_id', 'workflow_id', 'task', 'target', 'model', 'version', 'week', 'origin'], update: added },
  });
}
