import { parseInput } from '@orrery/http';
import { z } from 'zod';
import { decideBody, isStorable, questionOf, type DecideBody, type DecideQuestion } from './decide-request.js';

type RunBody = DecideBody['runs'][number];
type TaskBody = RunBody['tasks'][number];

/** All but the tasks, of which there are by far the most. */
const shell = decideBody.extend({ runs: z.array(decideBody.shape.runs.element.extend({ tasks: z.custom<readonly unknown[]>((value) => Array.isArray(value) && value.length > 0) })) });

/**
 * The question in a value, by the rules of {@link decideBody}. Tasks that are as they should be are seen to be so by hand, which is many times
 * faster; as soon as one is not, the schema says what is wrong.
 *
 * @param where the value came from, for messages.
 * @throws ORRERY_VALIDATION, ORRERY_LIMIT
 */
export function readQuestion(value: unknown, clockMs: number, where: 'body' | 'request'): DecideQuestion {
  return questionOf(readPlain(value) ?? parseInput(decideBody, value, where), clockMs);
}

/** Undefined where anything needs a closer look. */
export function readPlain(value: unknown): DecideBody | undefined {
  const parsed = shell.safeParse(value);
  if (!parsed.success) return undefined;
  const runs: RunBody[] = [];
  for (const run of parsed.data.runs) {
    const tasks: TaskBody[] = [];
    for (const given of run.tasks) {
      const task = plainTask(given);
      if (task === undefined) return undefined;
      tasks.push(task);
    }
    runs.push({ ...run, tasks });
  }
  return { ...parsed.data, runs };
}

const most = { count: 1_000_000, amount: 1e15, name: 1000, parents: 10_000, pools: 1000 } as const;
const unsaid: TaskBody = { name: '', depends_on: [], count: 1, running: 0, finished: 0, duration_ms: undefined, memory_bytes: undefined, duration_by_parallelism: [], pool_ids: [] };
const checkOf = {
  name: isName,
  depends_on: (values) => areNames(values, most.parents),
  count: (value) => value !== 0 && isCount(value),
  running: isCount,
  finished: isCount,
  duration_ms: isAmount,
  memory_bytes: isAmount,
  duration_by_parallelism: (values) => Array.isArray(values) && values.length === 0,
  pool_ids: (values) => areNames(values, most.pools),
} satisfies Readonly<Record<keyof TaskBody, (value: unknown) => boolean>>;
const checks: ReadonlyMap<string, (value: unknown) => boolean> = new Map(Object.entries(checkOf));

function plainTask(value: unknown): TaskBody | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const task: Record<string, unknown> = { ...unsaid };
  for (const key in value) {
    const given = (value as Readonly<Record<string, unknown>>)[key];
    if (checks.get(key)?.(given) !== true) return undefined;
    task[key] = given;
  }
  return task['name'] === '' ? undefined : (task as unknown as TaskBody);
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value.length > 0 && value.length <= most.name && isStorable(value);
}

function areNames(values: unknown, limit: number): boolean {
  return Array.isArray(values) && values.length <= limit && values.every(isName);
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most.count;
}

function isAmount(value: unknown): boolean {
  return Number.isFinite(value) && (value as number) >= 0 && (value as number) <= most.amount;
}
