import { OrreryError } from '@orrery/errors';
import { z } from 'zod';
import type { ClusterRequest } from '../domain/index.js';

export const mostRuns = 2000;
export const mostTasks = 200_000;
const largest = 1e15;

// In a Unicode pattern only a surrogate without its other half matches.
const unstorable = /[\0\p{Surrogate}]/u;

/** Whether databases and other programs can hold a text. */
export function isStorable(value: string): boolean {
  return !unstorable.test(value);
}

const text = (most: number) => z.string().max(most).refine(isStorable, 'no NUL and no half of a surrogate pair can be in it');
const name = text(1000).min(1);
const count = z.number().int().min(0).max(1_000_000);
const amount = z.number().min(0).max(largest);

const poolSchema = z.strictObject({
  pool_id: name,
  slots: count,
  free_slots: count,
  memory_bytes: amount.optional().describe('Shared by all slots. Absent: unlimited'),
  free_memory_bytes: amount.optional(),
  time_factor: z.number().positive().max(1e6).default(1).describe('How many times longer than usual tasks take here'),
  price_usd_per_hour: amount.optional(),
});

const taskSchema = z.strictObject({
  name,
  depends_on: z.array(name).max(10_000).default([]),
  count: z.number().int().min(1).max(1_000_000).default(1),
  running: count.default(0).describe('Started and not finished'),
  finished: count.default(0),
  duration_ms: amount.optional().describe('What it is expected to take; where absent, what the scheduler has seen of the workflow'),
  memory_bytes: amount.optional(),
  duration_by_parallelism: z.array(z.strictObject({ slots: z.number().int().min(1).max(1_000_000), duration_ms: amount })).max(50).default([]).describe('The same at other parallelism of the run'),
  pool_ids: z.array(name).max(1000).default([]).describe('Where it can run; everywhere when empty'),
});

const runSchema = z.strictObject({
  run_id: name,
  workflow: text(1000).default(''),
  submitted_at_ms: z.number().min(-largest).max(largest),
  deadline_ms: z.number().min(-largest).max(largest).optional().describe('Unix ms by which it should be done'),
  weight: z.number().positive().max(1e6).default(1).describe('A run of weight 2 should wait half as long'),
  quota_slots: count.optional().describe('Never more slots than this at once'),
  reserved_slots: count.default(0).describe('Slots that are kept for it while it can use them'),
  tasks: z.array(taskSchema).min(1),
});

/** The state in which an engine asks what to start next. */
export const decideBody = z.strictObject({
  scheduler: text(200).default('default').describe('Who shares the slots; what is asked under one name is about the same machines'),
  policy: text(200).default('').describe('A name of GET /api/v1/schedule/policies; empty for the one that serves'),
  now_ms: z.number().min(-largest).max(largest).optional().describe('Unix ms of the state; now when absent'),
  pools: z.array(poolSchema).min(1).max(1000),
  runs: z.array(runSchema).describe(`In the order in which they were submitted; at most ${mostRuns} with ${mostTasks} tasks`),
});

export type DecideBody = z.output<typeof decideBody>;

/** What is asked, and by which policy it is to be decided. */
export interface DecideQuestion {
  readonly request: ClusterRequest;
  /** Empty for the one that serves. */
  readonly policy: string;
}

/**
 * The question of a body that has the right form.
 *
 * @throws ORRERY_LIMIT when it is too large; ORRERY_VALIDATION when its numbers or names contradict each other.
 */
export function questionOf({ scheduler, policy, now_ms: nowMs, pools, runs }: DecideBody, clockMs: number): DecideQuestion {
  checkSize(runs);
  checkPools(pools);
  checkRuns(runs);
  const request = {
    ...{ scheduler: scheduler === '' ? 'default' : scheduler, nowMs: nowMs ?? clockMs },
    pools: pools.map((pool) => ({
      ...{ poolId: pool.pool_id, slots: pool.slots, freeSlots: pool.free_slots, memoryBytes: pool.memory_bytes, freeMemoryBytes: pool.free_memory_bytes },
      ...{ timeFactor: pool.time_factor, priceUsdPerHour: pool.price_usd_per_hour },
    })),
    runs: runs.map((run) => ({
      ...{ runId: run.run_id, workflow: run.workflow, submittedAtMs: run.submitted_at_ms, deadlineMs: run.deadline_ms, weight: run.weight, quotaSlots: run.quota_slots, reservedSlots: run.reserved_slots },
      tasks: run.tasks.map(taskOf),
    })),
  };
  return { request, policy };
}

type RunBody = DecideBody['runs'][number];
type TaskBody = RunBody['tasks'][number];

function taskOf(task: TaskBody): ClusterRequest['runs'][number]['tasks'][number] {
  return {
    name: task.name,
    dependsOn: task.depends_on,
    count: task.count,
    running: task.running,
    finished: task.finished,
    durationMs: task.duration_ms,
    memoryBytes: task.memory_bytes,
    durationByParallelism: task.duration_by_parallelism.length === 0 ? none : task.duration_by_parallelism.map(({ slots, duration_ms: durationMs }) => ({ slots, durationMs })),
    poolIds: task.pool_ids,
  };
}

const none: readonly never[] = [];

function checkSize(runs: readonly RunBody[]): void {
  const taskCount = runs.reduce((sum, { tasks }) => sum + tasks.length, 0);
  if (runs.length <= mostRuns && taskCount <= mostTasks) return;
  const message = `${runs.length} runs with ${taskCount} tasks are more than one decision is made for: at most ${mostRuns} with ${mostTasks}; leave out runs that cannot start anything`;
  throw new OrreryError('ORRERY_LIMIT', message, { retriable: false, details: { httpStatus: 413 } });
}

function checkPools(pools: DecideBody['pools']): void {
  const seen = new Set<string>();
  for (const { pool_id: id, slots, free_slots: free, memory_bytes: memory = Infinity, free_memory_bytes: freeMemory = 0 } of pools) {
    if (seen.size === seen.add(id).size) throw fault(`two pools are called ${id}`);
    if (free > slots) throw fault(`pool ${id}: ${free} free slots of ${slots}`);
    if (freeMemory > memory) throw fault(`pool ${id}: ${freeMemory} free bytes of ${memory}`);
  }
}

function checkRuns(runs: readonly RunBody[]): void {
  const seen = new Set<string>();
  for (const { run_id: id, tasks } of runs) {
    if (seen.size === seen.add(id).size) throw fault(`two runs are called ${id}`);
    for (const { name: task, count: all, running, finished } of tasks) {
      if (running + finished > all) throw fault(`run ${id}, task ${task}: ${running} running and ${finished} finished are more than ${all}`);
    }
  }
}

function fault(message: string): OrreryError {
  return new OrreryError('ORRERY_VALIDATION', message);
}
