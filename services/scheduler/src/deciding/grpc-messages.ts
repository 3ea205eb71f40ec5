import { create } from '@bufbuild/protobuf';
import { DecideResponseSchema, type DecideRequest, type DecideResponse, type SchedulablePool, type SchedulableRun, type SchedulableTask } from '@orrery/contracts';
import { told } from '../outgoing-records.js';
import type { DecideQuestion } from './decide-request.js';
import type { Decision } from './decision.js';
import { readQuestion } from './read-question.js';

/** The question of a call, checked by the rules of the HTTP API; empty texts count as not told. @throws ORRERY_VALIDATION, ORRERY_LIMIT */
export function questionOfCall({ scheduler, policy, nowMs, pools, runs }: DecideRequest, clockMs: number): DecideQuestion {
  const body = { scheduler, policy, ...present({ now_ms: nowMs }), pools: pools.map(poolOf), runs: runs.map(runOf) };
  return readQuestion(body, clockMs, 'request');
}

export function responseOf(decision: Decision): DecideResponse {
  const { decisionId, policy, fallback, assignments, heuristicAssignments, tookMs, experimentId, arm } = decision;
  return create(DecideResponseSchema, {
    ...{ decisionId, policy: { name: policy.name, version: policy.version }, fallback, tookMs, experimentId, arm },
    ...{ assignments: told(assignments, Infinity), heuristicAssignments: told(heuristicAssignments, Infinity) },
  });
}

function poolOf({ poolId, slots, freeSlots, memoryBytes, freeMemoryBytes, timeFactor, priceUsdPerHour }: SchedulablePool): object {
  return { pool_id: poolId, slots, free_slots: freeSlots, ...present({ memory_bytes: memoryBytes, free_memory_bytes: freeMemoryBytes, time_factor: timeFactor, price_usd_per_hour: priceUsdPerHour }) };
}

function runOf({ runId, workflow, submittedAtMs, deadlineMs, weight, quotaSlots, reservedSlots, tasks }: SchedulableRun): object {
  return {
    ...{ run_id: runId, workflow, submitted_at_ms: submittedAtMs, tasks: tasks.map(taskOf) },
    ...present({ deadline_ms: deadlineMs, weight, quota_slots: quotaSlots, reserved_slots: reservedSlots }),
  };
}

function taskOf({ name, dependsOn, count, running, finished, durationMs, memoryBytes, durationByParallelism, poolIds }: SchedulableTask): object {
  return {
    ...{ name, depends_on: dependsOn, count: count === 0 ? 1 : count, running, finished, pool_ids: poolIds },
    ...present({ duration_ms: durationMs, memory_bytes: memoryBytes }),
    ...(durationByParallelism.length === 0 ? {} : { duration_by_parallelism: durationByParallelism.map(({ slots, durationMs: ms }) => ({ slots, duration_ms: ms })) }),
  };
}

/** Without what was not told. */
function present(values: Readonly<Record<string, number | undefined>>): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
