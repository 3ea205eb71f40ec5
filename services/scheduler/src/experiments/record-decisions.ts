import type { Transaction } from '@orrery/persistence';
import { agreementOf } from '../domain/experiments/index.js';
import { knowScheduler } from './breaker.repository.js';
import type { DecidedRun, DecisionRecord } from './decision-record.js';
import { rememberExperimentTenant } from './experiment.repository.js';
import { noteDecided, type DecidedRow } from './outcome.repository.js';
import { addShadowAnswers, addToTally, type ShadowAnswer } from './tally.repository.js';

/** Fallbacks for which the policy itself is to blame. */
const faults: ReadonlySet<string> = new Set(['deadline', 'invalid', 'failure']);

/** Notes what was decided for which runs, in the transaction of whoever keeps the decisions; each decision once. */
export async function recordDecisions(transaction: Transaction, tenantId: string, decisions: readonly DecisionRecord[], nowMs: number): Promise<void> {
  if (decisions.length === 0) return;
  await rememberExperimentTenant(transaction, tenantId);
  for (const scheduler of [...new Set(decisions.map((decision) => decision.scheduler))].sort()) await knowScheduler(transaction, tenantId, scheduler, nowMs);
  await noteDecided(transaction, tenantId, rowsOf(decisions), nowMs);
  for (const [, [first, ...others]] of [...grouped(decisions)].sort(([left], [right]) => (left < right ? -1 : 1))) if (first !== undefined) await recordArm(transaction, tenantId, [first, ...others]);
}

/** Decisions by experiment and arm, in one order for every process. */
function grouped(decisions: readonly DecisionRecord[]): ReadonlyMap<string, readonly DecisionRecord[]> {
  const groups = new Map<string, DecisionRecord[]>();
  for (const decision of decisions) {
    if (decision.arm === undefined) continue;
    const key = `${decision.arm.experimentId} ${decision.arm.arm}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [decision]);
    else known.push(decision);
  }
  return groups;
}

async function recordArm(transaction: Transaction, tenantId: string, decisions: readonly [DecisionRecord, ...DecisionRecord[]]): Promise<void> {
  const { arm } = decisions[0];
  if (arm === undefined) return;
  await addToTally(transaction, tenantId, arm, { decisionCount: decisions.length, faultCount: decisions.filter(({ fallback }) => faults.has(fallback)).length });
  const answers = decisions.filter((decision) => decision.arm?.shadow !== undefined).map(answerOf);
  if (answers.length > 0) await addShadowAnswers(transaction, tenantId, arm.experimentId, answers);
}

function answerOf({ assignments, shadowAssignments, shadowTookMs }: DecisionRecord): ShadowAnswer | null {
  return shadowAssignments === undefined ? null : { ...agreementOf(assignments, shadowAssignments), tookMs: shadowTookMs };
}

function rowsOf(decisions: readonly DecisionRecord[]): readonly DecidedRow[] {
  const rows = new Map<string, DecidedRow>();
  for (const decision of decisions) {
    const assigned = new Set(decision.assignments.map(({ runId }) => runId));
    for (const run of decision.runs) if (assigned.has(run.runId)) rows.set(run.runId, added(rows.get(run.runId), run, decision));
  }
  return [...rows.values()];
}

function added(known: DecidedRow | undefined, { runId, submittedAtMs, tasks }: DecidedRun, { scheduler, pools, policyVersion }: DecisionRecord): DecidedRow {
  return {
    ...{ run_id: runId, scheduler: known?.scheduler ?? scheduler, arrived_ms: known?.arrived_ms ?? submittedAtMs, pools, tasks },
    decisions: (known?.decisions ?? 0) + 1,
    learned_decisions: (known?.learned_decisions ?? 0) + (policyVersion > 0 ? 1 : 0),
  };
}
