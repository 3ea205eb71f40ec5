import { z } from 'zod';
import { fallbacks, type Assignment } from '../domain/index.js';
import type { Decision } from './decision.js';

const assignmentSchema = z
  .object({
    run_id: z.string(),
    task: z.string(),
    pool_id: z.string(),
    count: z.int().describe('So many of its tasks are to be started now'),
    memory_bytes: z.number().optional().describe('What each is to be given; absent where nobody knows'),
    bid: z.number().optional().describe("What the run's agent bid; absent for heuristics"),
    price: z.number().optional().describe("What the pool's agent asked; absent for heuristics"),
    desired_slots: z.int().describe('How many slots the run should have in all'),
    reason: z.string(),
  })
  .meta({ id: 'ScheduleAssignment' });

const policySchema = z.object({ name: z.string(), version: z.int().describe('0 for a heuristic') });

const decisionFields = {
  decision_id: z.string(),
  policy: policySchema.describe('Which decided'),
  fallback: z.enum(['', ...fallbacks]).describe('Why the heuristic decided in place of the policy that should have; empty where that did'),
  fallback_words: z.string(),
  assignments: z.array(assignmentSchema),
  heuristic_assignments: z.array(assignmentSchema).describe('What the heuristic would have done in the same state'),
  took_ms: z.number(),
  experiment_id: z.string().describe('Of the experiment that was running; empty where none was'),
  arm: z.enum(['', 'control', 'treatment']),
};

/** The answer to an engine. */
export const decidedSchema = z.object(decisionFields).meta({ id: 'ScheduleDecision' });

export type DecidedView = z.output<typeof decidedSchema>;

/** A decision as the ledger shows it. */
export const decisionSchema = z
  .object({
    ...decisionFields,
    scheduler: z.string(),
    decided_at: z.string().describe('ISO 8601 in UTC'),
    runs: z.int(),
    free_slots: z.int(),
    heuristic: z.string().describe('Which heuristic stood beside'),
    shadow: z.string().nullable().describe('Which policy decided without effect'),
    shadow_assignments: z.array(assignmentSchema).nullable(),
  })
  .meta({ id: 'KeptScheduleDecision' });

export type DecisionView = z.output<typeof decisionSchema>;

export type AssignmentView = z.output<typeof assignmentSchema>;

export function decidedView({ decisionId, policy, fallback, fallbackWords, assignments, heuristicAssignments, tookMs, experimentId, arm }: Decision): DecidedView {
  return {
    ...{ decision_id: decisionId, policy: { name: policy.name, version: policy.version }, fallback, fallback_words: fallbackWords },
    ...{ assignments: assignments.map(assignmentView), heuristic_assignments: heuristicAssignments.map(assignmentView) },
    ...{ took_ms: tookMs, experiment_id: experimentId, arm: arm as DecidedView['arm'] },
  };
}

/** Numbers that nobody said are left out. */
export function assignmentView({ runId, task, poolId, count, memoryBytes, bid, price, desiredSlots, reason }: Assignment): AssignmentView {
  return {
    ...{ run_id: runId, task, pool_id: poolId, count },
    ...(memoryBytes === undefined ? {} : { memory_bytes: memoryBytes }),
    ...(bid === undefined ? {} : { bid }),
    ...(price === undefined ? {} : { price }),
    ...{ desired_slots: desiredSlots, reason },
  };
}
