import type { Transaction } from '@orrery/persistence';
import { pairedRatio, sketchQuantile } from '@orrery/stats';
import { blockAt, coolDown, isHeldOut, pairBlocks, type ArmCounts, type BlockPlan, type BreakerPhase, type RunOutcome } from '../domain/experiments/index.js';
import { listBreakers, windowsOfShadow } from './breaker.repository.js';
import type { Experiment } from './experiment.repository.js';
import { outcomesOf } from './outcome.repository.js';
import { shadowTallyOf, tallyOf } from './tally.repository.js';

/** How far a switchback is; nothing of it tells which arm is ahead. */
export interface SwitchbackProgress {
  /** Blocks that have ended. */
  readonly blocksDone: number;
  readonly control: ArmCounts;
  readonly treatment: ArmCounts;
  /** Decisions of the tried policy, and those in which it failed. */
  readonly decisions: number;
  readonly faults: number;
  /** What has arrived since the end: held-out blocks against all others; null before it. */
  readonly since: { readonly heldOut: SinceEnd; readonly others: SinceEnd } | null;
}

export interface SinceEnd {
  readonly runCount: number;
  /** Mean from arrival to end, ms; null for no runs. */
  readonly completionMs: number | null;
}

/** What is known of a shadow. */
export interface ShadowReport {
  readonly decisions: number;
  /** Of decisions that the shadow answered: in how many it would have started the same. Null for none. */
  readonly agreement: number | null;
  /** Of all slots that either gave out: how many went to the same task. */
  readonly slotAgreement: number | null;
  readonly missing: number;
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number } | null;
  /** By replay of runs that are over; null before the first window of them. */
  readonly predicted: PredictedGain | null;
}

export interface PredictedGain {
  readonly windows: number;
  readonly runs: number;
  /** Shares by which the mean completion time is shorter than under the heuristic. */
  readonly servingGain: number;
  readonly shadowGain: number;
  /** Mean completion time under the shadow / under what serves, with its 95 % interval over windows. */
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

export interface BreakerReport {
  readonly phase: BreakerPhase;
  readonly words: string;
}

export interface ExperimentReport {
  readonly experiment: Experiment;
  readonly progress: SwitchbackProgress | null;
  readonly shadow: ShadowReport | null;
  readonly breaker: BreakerReport;
}

/** All that may be told of an experiment now. */
export async function reportOn(transaction: Transaction, tenantId: string, experiment: Experiment, nowMs: number): Promise<ExperimentReport> {
  const { kind, plan, scheduler } = experiment;
  const state = (await listBreakers(transaction, tenantId)).find((breaker) => breaker.scheduler === scheduler)?.state;
  const { phase, words } = state === undefined ? { phase: 'closed' as const, words: '' } : coolDown(state, nowMs);
  return {
    experiment,
    progress: plan === null ? null : await progressOf(transaction, tenantId, { ...experiment, plan }, nowMs),
    shadow: kind === 'shadow' ? await shadowReport(transaction, tenantId, experiment.experimentId) : null,
    breaker: { phase, words },
  };
}

async function progressOf(transaction: Transaction, tenantId: string, { plan, scheduler, experimentId, startedMs, endsMs, endedMs }: Experiment & { readonly plan: BlockPlan }, nowMs: number): Promise<SwitchbackProgress> {
  const untilMs = Math.min(endsMs, endedMs ?? nowMs, nowMs);
  const { control, treatment } = pairBlocks(plan, await outcomesOf(transaction, tenantId, scheduler, { fromMs: startedMs, untilMs }));
  const tally = (await tallyOf(transaction, tenantId, experimentId)).get('treatment');
  return {
    ...{ blocksDone: Math.max(0, Math.min(plan.blockCount, blockAt(plan, untilMs))), control, treatment, decisions: tally?.decisionCount ?? 0, faults: tally?.faultCount ?? 0 },
    since: endedMs === null ? null : sinceEnd(plan, await outcomesOf(transaction, tenantId, scheduler, { fromMs: Math.max(endedMs, nowMs - lookBackMs), untilMs: nowMs })),
  };
}

/** Longer ago, more runs than are read for an answer. */
const lookBackMs = 30 * 86_400_000;

function sinceEnd(plan: BlockPlan, runs: readonly RunOutcome[]): NonNullable<SwitchbackProgress['since']> {
  const counted = runs.filter(({ arrivedMs, completionMs }) => completionMs !== null && (arrivedMs - plan.startedMs) % plan.blockMs >= plan.burnInMs);
  const heldOut = counted.filter(({ arrivedMs }) => isHeldOut(plan, blockAt(plan, arrivedMs)));
  const others = counted.filter(({ arrivedMs }) => !isHeldOut(plan, blockAt(plan, arrivedMs)));
  return { heldOut: meanOf(heldOut), others: meanOf(others) };
}

function meanOf(runs: readonly RunOutcome[]): SinceEnd {
  return { runCount: runs.length, completionMs: runs.length === 0 ? null : runs.reduce((sum, { completionMs }) => sum + (completionMs ?? 0), 0) / runs.length };
}

async function shadowReport(transaction: Transaction, tenantId: string, experimentId: string): Promise<ShadowReport> {
  const { decisions, agreed, slots, sharedSlots, missing, latency } = await shadowTallyOf(transaction, tenantId, experimentId);
  const answered = decisions - missing;
  return {
    ...{ decisions, missing, agreement: answered === 0 ? null : agreed / answered, slotAgreement: slots === 0 ? null : sharedSlots / slots },
    latencyMs: latency.count === 0 ? null : { p50: sketchQuantile(latency, 0.5), p95: sketchQuantile(latency, 0.95), p99: sketchQuantile(latency, 0.99) },
    predicted: predictedGain(await windowsOfShadow(transaction, tenantId, experimentId)),
  };
}

function predictedGain(rows: Awaited<ReturnType<typeof windowsOfShadow>>): PredictedGain | null {
  const windows = rows.filter(({ servingMs, shadowMs, heuristicMs }) => (servingMs ?? 0) > 0 && (shadowMs ?? 0) > 0 && heuristicMs > 0);
  if (windows.length === 0) return null;
  const total = (valueOf: (row: (typeof windows)[number]) => number | null) => windows.reduce((sum, row) => sum + (valueOf(row) ?? 0), 0);
  const heuristicMs = total((row) => row.heuristicMs);
  const { ratio, low, high } = pairedRatio(windows.map(({ shadowMs }) => shadowMs ?? 0), windows.map(({ servingMs }) => servingMs ?? 0));
  return {
    ...{ windows: windows.length, runs: total(({ runs }) => runs), servingGain: 1 - total(({ servingMs }) => servingMs) / heuristicMs, shadowGain: 1 - total(({ shadowMs }) => shadowMs) / heuristicMs },
    ...{ ratio, low, high },
  };
}
