import { execute, milliseconds, moment, query, type Statement, type Transaction } from '@orrery/persistence';
import type { Fallback } from '../domain/index.js';
import type { Decision } from './decision.js';
import { assignmentView, type AssignmentView, type DecisionView } from './decision.view.js';

/** A decision as it lies in the ledger. */
export interface StoredDecision {
  readonly decision: DecisionView;
  readonly decidedAtMs: number;
}

export interface DecisionFilter {
  /** Decisions that gave the run something, or would have by the heuristic. */
  readonly runId?: string | undefined;
  readonly scheduler?: string | undefined;
  readonly policy?: string | undefined;
  /** `any` for all decisions in which the heuristic stood in. */
  readonly fallback?: Fallback | 'any' | 'none' | undefined;
}

/** Where a page of decisions begins. */
export interface DecisionPlace {
  readonly atMs: number;
  readonly id: string;
}

const given = {
  ...Object.fromEntries(['scheduler', 'policy', 'fallback', 'fallback_words', 'heuristic', 'shadow', 'experiment_id', 'arm'].map((name) => [name, 'text'])),
  ...{ decision_id: 'uuid', took_ms: 'double precision', version: 'int', runs: 'int', free_slots: 'int', run_ids: 'text[]' },
  ...{ assignments: 'jsonb', heuristic_assignments: 'jsonb', shadow_assignments: 'jsonb' },
};
const names = Object.keys(given).join(', ');

// One parameter for all rows: one for each of their columns costs more than making the decisions.
const add: Statement = {
  name: 'add decisions',
  text: `
    insert into decision (tenant_id, bucket, decided_at, ${names})
    select $1, $2::date, ${moment('decided_at_ms')}, ${names}
    from json_to_recordset($3::json) as r (${Object.entries(given).map(([name, type]) => `${name} ${type}`).join(', ')}, decided_at_ms double precision)
    on conflict do nothing`,
};

/** What is kept of one list: a decision that starts more at once is one of thousands of equal tasks. */
const mostKept = 500;

/** Adds decisions to the ledger, in one month. */
export async function addDecisions(transaction: Transaction, tenantId: string, bucket: string, decisions: readonly Decision[]): Promise<void> {
  await execute(transaction, add, [tenantId, bucket, JSON.stringify(decisions.map(toRow))]);
}

function toRow(decision: Decision): object {
  const { policy, assignments, heuristicAssignments, shadow, experimentId, arm } = decision;
  return {
    ...{ decision_id: decision.decisionId, scheduler: decision.scheduler, decided_at_ms: decision.decidedAtMs, took_ms: decision.tookMs },
    ...{ policy: policy.name, version: policy.version, fallback: decision.fallback, fallback_words: decision.fallbackWords, runs: decision.runs, free_slots: decision.freeSlots },
    run_ids: [...new Set([...assignments, ...heuristicAssignments].map(({ runId }) => runId))],
    assignments: assignments.slice(0, mostKept).map(assignmentView),
    ...{ heuristic: decision.heuristic, heuristic_assignments: heuristicAssignments.slice(0, mostKept).map(assignmentView) },
    ...{ shadow: shadow?.policy ?? null, shadow_assignments: shadow?.assignments.slice(0, mostKept).map(assignmentView) ?? null },
    ...{ experiment_id: experimentId === '' ? null : experimentId, arm: arm === '' ? null : arm },
  };
}

interface DecisionRow {
  readonly decision_id: string;
  readonly scheduler: string;
  readonly decided_at_ms: number;
  readonly took_ms: number;
  readonly policy: string;
  readonly version: number;
  readonly fallback: Fallback | '';
  readonly fallback_words: string;
  readonly runs: number;
  readonly free_slots: number;
  readonly assignments: AssignmentView[];
  readonly heuristic: string;
  readonly heuristic_assignments: AssignmentView[];
  readonly shadow: string | null;
  readonly shadow_assignments: AssignmentView[] | null;
  readonly experiment_id: string | null;
  readonly arm: 'control' | 'treatment' | null;
}

/** Decisions that match, the latest first, after a place of the same order. */
export async function listDecisions(transaction: Transaction, { runId, scheduler, policy, fallback }: DecisionFilter, after: DecisionPlace | undefined, limit: number): Promise<readonly StoredDecision[]> {
  const values: unknown[] = [limit];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const conditions = [
    ...(runId === undefined ? [] : [`run_ids @> array[${parameter(runId)}::text]`]),
    ...(scheduler === undefined ? [] : [`scheduler = ${parameter(scheduler)}`]),
    ...(policy === undefined ? [] : [`policy = ${parameter(policy)}`]),
    ...(fallback === undefined ? [] : [fallbackCondition(fallback, parameter)]),
    ...(after === undefined ? [] : [`(decided_at, decision_id) < (${moment(parameter(after.atMs))}, ${parameter(after.id)}::uuid)`]),
  ];
  const text = `
    select decision_id, scheduler, ${milliseconds('decided_at')} as decided_at_ms, took_ms, policy, version, fallback, fallback_words, runs, free_slots,
      assignments, heuristic, heuristic_assignments, shadow, shadow_assignments, experiment_id, arm
    from decision ${conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`} order by decided_at desc, decision_id desc limit $1::int`;
  return (await query<DecisionRow>(transaction, text, values)).map(fromRow);
}

function fallbackCondition(fallback: Fallback | 'any' | 'none', parameter: (value: unknown) => string): string {
  if (fallback === 'any') return `fallback <> ''`;
  return `fallback = ${parameter(fallback === 'none' ? '' : fallback)}`;
}

function fromRow({ policy, version, decided_at_ms: decidedAtMs, experiment_id: experimentId, arm, ...row }: DecisionRow): StoredDecision {
  const decision = { ...row, decided_at: new Date(decidedAtMs).toISOString(), policy: { name: policy, version }, experiment_id: experimentId ?? '', arm: arm ?? ('' as const) };
  return { decidedAtMs, decision };
}
