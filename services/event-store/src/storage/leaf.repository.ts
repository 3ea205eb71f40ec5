import type { Transaction } from '@orrery/persistence';
import type { ArtifactState, MessageState, SampleState } from '../domain/leaf-state.js';
import type { Row } from './field-map.js';
import { artifactColumns, fromArtifactRow, fromMessageRow, fromSampleRow, messageColumns, sampleColumns } from './leaf-rows.js';
import type { Place } from './place.js';
import { query } from './statement.js';
import type { RunPlace } from './timeline.repository.js';

export interface LeafPage {
  readonly after: Place | undefined;
  readonly limit: number;
}

/** A condition `column = value`; left out where the value is undefined. */
type Equality = readonly [column: string, value: unknown, type: string];

interface LeafListing {
  readonly select: string;
  readonly idColumn: string;
  readonly equalities: readonly Equality[];
}

export async function listArtifacts(
  transaction: Transaction,
  { runId }: RunPlace,
  filter: { readonly direction?: number | undefined; readonly taskId?: string | undefined },
  page: LeafPage,
): Promise<readonly ArtifactState[]> {
  const equalities: Equality[] = [['a.run_id', runId, 'uuid'], ['a.direction', filter.direction, 'smallint'], ['a.task_id', filter.taskId, 'uuid']];
  return (await list(transaction, { select: `select ${artifactColumns} from artifact a`, idColumn: 'a.artifact_id', equalities }, page)).map(fromArtifactRow);
}

export async function listMessages(transaction: Transaction, { runId, bucket }: RunPlace, page: LeafPage): Promise<readonly MessageState[]> {
  const equalities: Equality[] = [['m.run_id', runId, 'uuid'], ['m.bucket', bucket, 'date']];
  return (await list(transaction, { select: `select ${messageColumns} from message m`, idColumn: 'm.message_id', equalities }, page)).map(fromMessageRow);
}

export async function listSamples(
  transaction: Transaction,
  { runId, bucket }: RunPlace,
  filter: { readonly taskId?: string | undefined; readonly name?: string | undefined },
  page: LeafPage,
): Promise<readonly SampleState[]> {
  const equalities: Equality[] = [['s.run_id', runId, 'uuid'], ['s.bucket', bucket, 'date'], ['s.task_id', filter.taskId, 'uuid'], ['s.name', filter.name, 'text']];
  return (await list(transaction, { select: `select ${sampleColumns} from sample s`, idColumn: 's.sample_id', equalities }, page)).map(fromSampleRow);
}

/** Rows in order of time and id, after a place of that order. */
async function list(transaction: Transaction, { select, idColumn, equalities }: LeafListing, { after, limit }: LeafPage): Promise<Row[]> {
  const values: unknown[] = [];
  const conditions = equalities.filter(([, value]) => value !== undefined).map(([column, value, type]) => `${column} = $${values.push(value)}::${type}`);
  if (after !== undefined) {
    const moment = `timestamptz 'epoch' + $${values.push(after.atUs)}::bigint * interval '1 microsecond'`;
    conditions.push(`(placed_at, ${idColumn}) > (${moment}, $${values.push(after.id)}::uuid)`);
  }
  const text = `${select} where ${conditions.join(' and ')} order by placed_at, ${idColumn} limit $${values.push(limit)}::int`;
  return await query<Row>(transaction, text, values);
}
