import { milliseconds, query, type ColumnParsers, type Transaction } from '@orrery/persistence';
import type { ModelKind, ModelSlot } from './domain/model-kind.js';

/** A row as the server writes it: turning it into numbers is left to the thread that trains. Null is null. */
export type RawExample = readonly (string | null)[];

/** Where the next page begins. */
export interface ExamplePlace {
  readonly finishedAt: string;
  readonly exampleId: string;
}

export interface ExamplePage {
  readonly rows: readonly RawExample[];
  /** Undefined on the last page. */
  readonly next: ExamplePlace | undefined;
}

// In the order of `parseExample`.
const columns = `
  example_id, workflow_id, run_id, task, ${milliseconds('started_at')} as started_at_ms, ${milliseconds('finished_at')} as finished_at_ms,
  features, failure_features, reference_ms, reference_bytes, duration_ms, peak_memory_bytes, outcome, floors, finished_at as place`;

const placeColumn = 14;

const conditions = {
  duration: `outcome = 'success' and duration_ms > 0 and reference_ms > 0`,
  memory: `outcome = 'success' and peak_memory_bytes > 0 and reference_bytes > 0`,
  failure: `outcome in ('success', 'failure', 'error', 'timeout') and cardinality(failure_features) > 0`,
  next_task: 'workflow_id = $4',
} as const;

/** SQL for the rows that a kind of model for all workflows can learn from. */
export const usableRows: Readonly<Record<Exclude<ModelKind, 'next_task'>, string>> = conditions;

const asText: ColumnParsers = { getTypeParser: () => (value: string | Buffer) => String(value) } as never;

/** Reads examples that a kind of model can learn from, the newest first. */
export async function readExamples(transaction: Transaction, { kind, scope }: ModelSlot, after: ExamplePlace | undefined, limit: number): Promise<ExamplePage> {
  const text = `
    select ${columns} from example
    where ${conditions[kind]} and ($1::timestamptz is null or (finished_at, example_id) < ($1, $2::uuid))
    order by finished_at desc, example_id desc limit $3`;
  const values = [after?.finishedAt ?? null, after?.exampleId ?? null, limit, ...(kind === 'next_task' ? [scope] : [])];
  const found = (await query<Record<string, string | null>>(transaction, text, values, asText)).map((row) => Object.values(row));
  const last = found.at(-1);
  const rows = found.map((row) => row.slice(0, placeColumn));
  return { rows, next: found.length < limit || last === undefined ? undefined : { finishedAt: last[placeColumn] ?? '', exampleId: last[0] ?? '' } };
}
