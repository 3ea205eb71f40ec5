import type { Statement, Transaction } from '@orrery/persistence';
import type { ArtifactState } from '../domain/leaf-state.js';
import type { Row } from './field-map.js';
import { artifactColumns, fromArtifactRow } from './leaf-rows.js';
import { execute } from './statement.js';

/** A reading or writing, in its run. */
export interface ArtifactTouchRow {
  readonly runId: string;
  readonly artifact: ArtifactState;
}

/** One event on the way from a given one up to its outermost parent. */
export interface Ancestor {
  readonly originId: string;
  readonly eventId: string;
  readonly kind: string | null;
  readonly name: string | null;
  readonly actor: string | null;
}

/** The latest readings and writings are looked at; who has more of one file asks by its hash. */
const maxTouches = 1000;
const maxInputs = 50;

const byUri: Statement = {
  name: 'artifacts by uri',
  text: `select ${artifactColumns} from artifact a where a.uri_key = hashtextextended($1::text, 0) and a.uri = $1::text order by a.placed_at desc limit ${maxTouches}`,
};

const byDigest: Statement = {
  name: 'artifacts by digest',
  text: `select ${artifactColumns} from artifact a where a.digest_key = hashtextextended($1::text, 0) and a.digest = $1::text order by a.placed_at desc limit ${maxTouches}`,
};

// What was read within the event, or within the task where no event is given, or within the run where neither is.
const inputsOfProducers: Statement = {
  name: 'inputs of producers',
  text: `
    select producer.number, input.* from unnest($1::uuid[], $2::uuid[], $3::uuid[]) with ordinality as producer (run_id, task_id, event_id, number)
    cross join lateral (
      select ${artifactColumns} from artifact a
      where a.run_id = producer.run_id and a.direction = 1
        and case when producer.event_id is not null then a.event_id = producer.event_id when producer.task_id is not null then a.task_id = producer.task_id else true end
      order by a.placed_at, a.artifact_id limit ${maxInputs}
    ) as input`,
};

const lineOfEvents: Statement = {
  name: 'line of events',
  text: `
    with recursive line as (
      select e.run_id, e.bucket, e.event_id as origin_id, e.event_id, e.parent_event_id, e.kind, e.name, e.actor, 0 as height
      from unnest($1::uuid[], $2::date[], $3::uuid[]) as k (run_id, bucket, event_id)
      join execution_event e on e.run_id = k.run_id and e.bucket = k.bucket and e.event_id = k.event_id
      union all
      select e.run_id, e.bucket, line.origin_id, e.event_id, e.parent_event_id, e.kind, e.name, e.actor, line.height + 1
      from line join execution_event e on e.run_id = line.run_id and e.bucket = line.bucket and e.event_id = line.parent_event_id
      where line.height < 10
    )
    select origin_id, event_id, kind, name, actor from line order by origin_id, height`,
};

export async function findByUri(transaction: Transaction, uri: string): Promise<readonly ArtifactTouchRow[]> {
  return (await execute<Row>(transaction, byUri, [uri])).map(toTouch);
}

export async function findByDigest(transaction: Transaction, digest: string): Promise<readonly ArtifactTouchRow[]> {
  return (await execute<Row>(transaction, byDigest, [digest])).map(toTouch);
}

export interface Producer {
  readonly runId: string;
  readonly taskId: string | null;
  readonly eventId: string | null;
}

/** What each producer read, in the order of the producers. */
export async function findInputs(transaction: Transaction, producers: readonly Producer[]): Promise<readonly (readonly ArtifactTouchRow[])[]> {
  const inputs: ArtifactTouchRow[][] = producers.map(() => []);
  if (producers.length === 0) return inputs;
  const keys = [producers.map(({ runId }) => runId), producers.map(({ taskId }) => taskId), producers.map(({ eventId }) => eventId)];
  for (const row of await execute<Row>(transaction, inputsOfProducers, keys)) inputs[Number(row['number']) - 1]?.push(toTouch(row));
  return inputs;
}

/** Each event with its parents up to the tenth, the event itself first. */
export async function findAncestors(transaction: Transaction, events: readonly { readonly runId: string; readonly bucket: string; readonly eventId: string }[]): Promise<ReadonlyMap<string, readonly Ancestor[]>> {
  const lines = new Map<string, Ancestor[]>();
  if (events.length === 0) return lines;
  const keys = [events.map(({ runId }) => runId), events.map(({ bucket }) => bucket), events.map(({ eventId }) => eventId)];
  for (const row of await execute<Row>(transaction, lineOfEvents, keys)) {
    const originId = row['origin_id'] as string;
    const ancestor = { originId, eventId: row['event_id'] as string, kind: row['kind'] as string | null, name: row['name'] as string | null, actor: row['actor'] as string | null };
    const line = lines.get(originId);
    if (line === undefined) lines.set(originId, [ancestor]);
    else line.push(ancestor);
  }
  return lines;
}

function toTouch(row: Row): ArtifactTouchRow {
  return { runId: row['run_id'] as string, artifact: fromArtifactRow(row) };
}
