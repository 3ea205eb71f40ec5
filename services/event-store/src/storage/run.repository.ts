import type { Outcome, Status } from '@orrery/contracts';
import type { Statement, Transaction } from '@orrery/persistence';
import type { Row } from './field-map.js';
import { fromRunRow, runColumns, type StoredRun } from './run-rows.js';
import type { Place } from './place.js';
import { execute, query } from './statement.js';

/** Which runs to list; absent means any. */
export interface RunFilter {
  readonly engine?: string | undefined;
  readonly namespace?: string | undefined;
  readonly workflow?: string | undefined;
  readonly status?: Status | undefined;
  readonly outcome?: Outcome | undefined;
  /** Inclusive. */
  readonly sinceUs?: number | undefined;
  /** Exclusive. */
  readonly untilUs?: number | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** Part of the workflow's name, the namespace or the external id, in any case. */
  readonly text?: string | undefined;
}

export interface ActorTotals {
  readonly actor: string | null;
  readonly kind: string | null;
  readonly calls: number;
  readonly failures: number;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cost_usd: number | null;
  readonly duration_us: number | null;
}

const findOne: Statement = { name: 'find run', text: `select ${runColumns} from run where run_id = $1` };

const findChildren: Statement = {
  name: 'find child runs',
  text: `select ${runColumns} from run where parent_run_id = $1 order by placed_at desc, run_id desc limit 200`,
};

const sumActors: Statement = {
  name: 'sum actors',
  text: `
    select actor, kind, count(*) as calls, count(*) filter (where outcome in (5, 6, 7)) as failures,
      sum(input_tokens) as input_tokens, sum(output_tokens) as output_tokens, sum(cost_usd) as cost_usd,
      sum(greatest(extract(epoch from finished_at - started_at), 0) * 1000000) as duration_us
    from execution_event where run_id = $1 and bucket = $2 and is_told and actor is not null
    group by actor, kind order by calls desc, actor, kind limit 200`,
};

export async function findRun(transaction: Transaction, runId: string): Promise<StoredRun | null> {
  const [row] = await execute<Row>(transaction, findOne, [runId]);
  return row === undefined ? null : fromRunRow(row);
}

export async function findChildRuns(transaction: Transaction, runId: string): Promise<readonly StoredRun[]> {
  return (await execute<Row>(transaction, findChildren, [runId])).map(fromRunRow);
}

export async function sumActorsOf(transaction: Transaction, { run, bucket }: StoredRun): Promise<readonly ActorTotals[]> {
  return await execute<ActorTotals>(transaction, sumActors, [run.runId, bucket]);
}

/** Runs that match, the newest first, after a place of the same order. */
export async function listRuns(transaction: Transaction, filter: RunFilter, after: Place | undefined, limit: number): Promise<readonly StoredRun[]> {
  const values: unknown[] = [];
  const value = (parameter: unknown, type: string) => `$${values.push(parameter)}::${type}`;
  const moment = (microseconds: number) => `timestamptz 'epoch' + ${value(microseconds, 'bigint')} * interval '1 microsecond'`;
  const conditions = [
    ...equalities(filter).map(([column, parameter, type]) => `${column} = ${value(parameter, type)}`),
    ...(filter.sinceUs === undefined ? [] : [`placed_at >= ${moment(filter.sinceUs)}`]),
    ...(filter.untilUs === undefined ? [] : [`placed_at < ${moment(filter.untilUs)}`]),
    ...(Object.keys(filter.labels).length === 0 ? [] : [`labels @> ${value(JSON.stringify(filter.labels), 'jsonb')}`]),
    ...(filter.text === undefined ? [] : [`position(lower(${value(filter.text, 'text')}) in lower(concat_ws(' ', workflow, namespace, external_id))) > 0`]),
    ...(after === undefined ? [] : [`(placed_at, run_id) < (${moment(after.atUs)}, ${value(after.id, 'uuid')})`]),
  ];
  const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
  const rows = await query<Row>(transaction, `select ${runColumns} from run ${where} order by placed_at desc, run_id desc limit ${value(limit, 'int')}`, values);
  return rows.map(fromRunRow);
}

function equalities({ engine, namespace, workflow, status, outcome }: RunFilter): readonly (readonly [string, unknown, string])[] {
  const columns = [
    ['engine', engine, 'text'],
    ['namespace', namespace, 'text'],
    ['workflow', workflow, 'text'],
    ['shown_status', status, 'smallint'],
    ['outcome', outcome, 'smallint'],
  ] as const;
  return columns.filter(([, parameter]) => parameter !== undefined);
}
