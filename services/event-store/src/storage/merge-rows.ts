import type { Statement, Transaction } from '@orrery/persistence';
import type { Join } from '../domain/join.js';
import type { Row, RowDraft } from './field-map.js';
import { execute } from './statement.js';

/** One kind of rows that lie below a run, and how two accounts of one of them are joined. */
export interface MergeableRows<State> {
  readonly insert: Statement;
  readonly load: Statement;
  readonly upsert: Statement;
  /** The column of the id, and the partition column where the table has one. */
  readonly idColumn: string;
  readonly bucketColumn?: 'bucket';
  readonly fill: (row: RowDraft, state: State) => void;
  readonly fromRow: (row: Row) => State;
  readonly join: Join<State>;
}

/** One state of a batch, with the run it belongs to. */
export interface PlacedState<State> {
  readonly runId: string;
  readonly bucket: string;
  readonly id: string;
  readonly state: State;
}

/** What became of one row; rows that a batch did not change are not told. */
export interface RowChange<State> {
  readonly runId: string;
  readonly id: string;
  /** Null for a new row. */
  readonly before: State | null;
  readonly after: State;
}

/**
 * Brings states into their table: most rows are new and are inserted at once; only those that were there already are loaded, joined,
 * and written back if that changed them.
 */
export async function mergeRows<State>(transaction: Transaction, tenantId: string, rows: MergeableRows<State>, states: readonly PlacedState<State>[]): Promise<readonly RowChange<State>[]> {
  if (states.length === 0) return [];
  const [inserted] = await execute<{ keys: readonly string[] | null }>(transaction, rows.insert, [jsonOf(rows, states), tenantId, states.length]);
  const toChange = ({ runId, id, state }: PlacedState<State>): RowChange<State> => ({ runId, id, before: null, after: state });
  if (inserted === undefined || inserted.keys === null) return states.map(toChange);
  const newKeys = new Set(inserted.keys);
  const isNew = ({ runId, id }: PlacedState<State>) => newKeys.has(keyOf(runId, id));
  const known = states.filter((placed) => !isNew(placed));
  return [...states.filter(isNew).map(toChange), ...(await joinKnown(transaction, tenantId, rows, known))];
}

async function joinKnown<State>(transaction: Transaction, tenantId: string, rows: MergeableRows<State>, known: readonly PlacedState<State>[]): Promise<readonly RowChange<State>[]> {
  const keys = [known.map(({ runId }) => runId), known.map(({ id }) => id), ...(rows.bucketColumn === undefined ? [] : [known.map(({ bucket }) => bucket)])];
  const loaded = await execute<Row>(transaction, rows.load, keys);
  const storedByKey = new Map(loaded.map((row) => [keyOf(row['run_id'] as string, row[rows.idColumn] as string), rows.fromRow(row)]));
  const changed: (PlacedState<State> & { readonly before: State })[] = [];
  for (const placed of known) {
    const before = storedByKey.get(keyOf(placed.runId, placed.id));
    if (before === undefined) continue;
    const after = rows.join(before, placed.state);
    if (after !== before) changed.push({ ...placed, state: after, before });
  }
  if (changed.length > 0) await execute(transaction, rows.upsert, [jsonOf(rows, changed), tenantId]);
  return changed.map(({ runId, id, before, state }) => ({ runId, id, before, after: state }));
}

function jsonOf<State>(rows: MergeableRows<State>, states: readonly PlacedState<State>[]): string {
  return JSON.stringify(
    states.map(({ runId, bucket, state }) => {
      const row: RowDraft = { run_id: runId, bucket };
      rows.fill(row, state);
      return row;
    }),
  );
}

function keyOf(runId: string, id: string): string {
  return `${runId} ${id}`;
}
