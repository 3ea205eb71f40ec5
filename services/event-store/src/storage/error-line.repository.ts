import type { Statement, Transaction } from '@orrery/persistence';
import type { AttemptSpan } from '../domain/error-lines.js';
import type { Attempt } from '../domain/task-state.js';
import { execute } from './statement.js';
import type { RunPlace } from './timeline.repository.js';

/** Where the errors of an attempt lie. */
export interface AttemptPlace extends RunPlace {
  readonly attempt: Attempt;
  readonly taskId: string;
  readonly span: AttemptSpan;
}

export type ErrorLines = ReadonlyMap<Attempt, readonly string[]>;

const maxLines = 20;
const maxLineLength = 300;
const headLength = 150;

const asTime = (microseconds: string, open: string) => `coalesce(timestamptz 'epoch' + ${microseconds} * interval '1 microsecond', '${open}')`;

// The condition on severity and kind is that of the index `execution_event_by_error`: other log lines of the task, however many, are
// never looked at.
const lastErrors: Statement = {
  name: 'last errors of attempts',
  text: `
    select a.place::int as place, case when length(e.said) <= ${maxLineLength} then e.said else left(e.said, ${headLength}) || '…' || right(e.said, ${maxLineLength - headLength - 1}) end as line
    from unnest($1::uuid[], $2::date[], $3::uuid[], $4::bigint[], $5::bigint[]) with ordinality as a (run_id, bucket, task_id, from_us, until_us, place)
    cross join lateral (
      select btrim(coalesce(e.output, e.input, e.name), E' \\t\\r\\n') as said, e.placed_at, e.event_id from execution_event e
      where e.run_id = a.run_id and e.bucket = a.bucket and e.task_id = a.task_id and e.severity_number >= 17 and e.kind = 'log'
        and e.placed_at >= ${asTime('a.from_us', '-infinity')} and e.placed_at < ${asTime('a.until_us', 'infinity')}
      order by e.placed_at desc, e.event_id desc limit ${maxLines}
    ) as e
    where e.said <> '' order by a.place, e.placed_at, e.event_id`,
};

/**
 * What log events of severity 17 (ERROR) and above said in each attempt: the last 20 in time order, of texts above 300 characters the
 * beginning and the end. One query for all attempts; attempts without such lines are not among the answers. Only events that are stored
 * by now count: those that come after the end of their attempt, in a later batch, are missed.
 */
export async function findErrorLines(transaction: Transaction, attempts: readonly AttemptPlace[]): Promise<ErrorLines> {
  const lines = new Map<Attempt, string[]>();
  if (attempts.length === 0) return lines;
  const values = [
    attempts.map(({ runId }) => runId),
    attempts.map(({ bucket }) => bucket),
    attempts.map(({ taskId }) => taskId),
    attempts.map(({ span }) => span.fromUs),
    attempts.map(({ span }) => span.untilUs),
  ];
  for (const { place, line } of await execute<{ place: number; line: string }>(transaction, lastErrors, values)) {
    const attempt = attempts[place - 1]?.attempt;
    if (attempt === undefined) continue;
    const known = lines.get(attempt);
    if (known === undefined) lines.set(attempt, [line]);
    else known.push(line);
  }
  return lines;
}
