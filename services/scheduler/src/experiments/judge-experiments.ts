import type { Database, Transaction } from '@orrery/persistence';
import type { Logger } from '@orrery/telemetry';
import { analyseBlocks, blockAt, faultsOf, harmOf, openReason, pairBlocks, tellAnalysis, type BlockPlan, type ExperimentStatus } from '../domain/experiments/index.js';
import { listBreakers } from './breaker.repository.js';
import { endExperiment, lockExperiment, runningExperiments, type Experiment } from './experiment.repository.js';
import { outcomesOf } from './outcome.repository.js';
import { tallyOf } from './tally.repository.js';

export interface JudgeOptions {
  readonly database: Database;
  readonly now: () => number;
  readonly logger: Logger;
}

/** Why an experiment ends, and what came of it. */
interface End extends Pick<Experiment, 'reason' | 'result'> {
  readonly status: ExperimentStatus;
}

type Switchback = Experiment & { readonly plan: BlockPlan };

/** Share of failed runs by which treated blocks may be above their neighbours. */
const failedShare = 0.05;

/** Ends experiments that have reached their horizon, and those that do harm. */
export class Judge {
  /** Pairs that were looked at already, by experiment: looking again before there is another would only cost time. */
  private readonly judgedPairs = new Map<string, number>();

  constructor(private readonly options: JudgeOptions) {}

  /** Says whether anything of the tenant has ended. */
  async look(tenantId: string): Promise<boolean> {
    const { database } = this.options;
    const running = await database.forTenant(tenantId, (transaction) => runningExperiments(transaction, tenantId));
    let hasEnded = false;
    for (const { experimentId } of running) hasEnded = (await this.judge(tenantId, experimentId)) || hasEnded;
    return hasEnded;
  }

  private async judge(tenantId: string, experimentId: string): Promise<boolean> {
    const { database, now, logger } = this.options;
    const nowMs = now();
    const ended = await database.forTenant(tenantId, async (transaction) => {
      const experiment = await lockExperiment(transaction, tenantId, experimentId);
      if (experiment?.status !== 'running') return undefined;
      const end = await this.endOf(transaction, tenantId, experiment, nowMs);
      if (end !== undefined) await endExperiment(transaction, tenantId, { experimentId, keepsHoldOut: experiment.keepsHoldOut, endedMs: nowMs, ...end });
      return end === undefined ? undefined : { ...experiment, ...end };
    });
    if (ended === undefined) return false;
    this.judgedPairs.delete(experimentId);
    const { name, scheduler, status, reason } = ended;
    const told = { tenant_id: tenantId, experiment_id: experimentId, experiment: name, scheduler, reason };
    if (status === 'rolled_back') logger.error(told, 'an experiment has rolled itself back: the heuristic decides');
    else logger.info(told, 'an experiment has reached its end');
    return true;
  }

  private async endOf(transaction: Transaction, tenantId: string, experiment: Experiment, nowMs: number): Promise<End | undefined> {
    const { plan } = experiment;
    if (plan === null) return nowMs < experiment.endsMs ? undefined : { status: 'completed', reason: 'it has lasted as long as it was to', result: null };
    const harm = await this.harmIn(transaction, tenantId, { ...experiment, plan }, nowMs);
    if (harm !== undefined) return { status: 'rolled_back', reason: harm, result: null };
    // One block more, so that runs which arrived late in the last one have ended.
    return nowMs < experiment.endsMs + plan.blockMs ? undefined : await this.completed(transaction, tenantId, { ...experiment, plan });
  }

  private async harmIn(transaction: Transaction, tenantId: string, experiment: Switchback, nowMs: number): Promise<string | undefined> {
    const { experimentId, scheduler, plan, design, startedMs, policy } = experiment;
    const breaker = (await listBreakers(transaction, tenantId)).find((one) => one.scheduler === scheduler);
    const open = breaker === undefined || breaker.state.openedMs < startedMs ? undefined : openReason(breaker.state, nowMs);
    if (open !== undefined) return `the breaker has opened: ${open}`;
    const tally = (await tallyOf(transaction, tenantId, experimentId)).get('treatment');
    const faults = tally === undefined ? undefined : faultsOf(tally);
    if (faults !== undefined) return `${policy}: ${faults}`;
    // A pair counts once its runs had a block's time to end.
    const settledMs = nowMs - plan.blockMs;
    const pairs = Math.floor(Math.min(blockAt(plan, settledMs), plan.blockCount) / 2);
    if (pairs <= (this.judgedPairs.get(experimentId) ?? 0)) return undefined;
    const runs = await outcomesOf(transaction, tenantId, scheduler, { fromMs: startedMs, untilMs: settledMs });
    this.judgedPairs.set(experimentId, pairs);
    return harmOf(pairBlocks(plan, runs, settledMs).pairs, { completionShare: design.rollbackAbove, failedShare });
  }

  private async completed(transaction: Transaction, tenantId: string, { experimentId, scheduler, plan, design, startedMs, endsMs, policy, control }: Switchback): Promise<End> {
    const { minimumEffect } = design;
    const runs = await outcomesOf(transaction, tenantId, scheduler, { fromMs: startedMs, untilMs: endsMs });
    const result = analyseBlocks(pairBlocks(plan, runs), { experimentId, minimumEffect });
    return { status: 'completed', result, reason: tellAnalysis(result, { policy, control, minimumEffect }) };
  }
}
