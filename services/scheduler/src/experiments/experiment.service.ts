import { randomUUID } from 'node:crypto';
import { OrreryError } from '@orrery/errors';
import type { Database, Transaction } from '@orrery/persistence';
import { detectableEffect, endOf, openReason, planBlocks, tellDetectable } from '../domain/experiments/index.js';
import type { PolicySource, ServingPolicy } from '../policies/policy-store.js';
import { listBreakers } from './breaker.repository.js';
import type { StartBody, StopBody } from './experiment-inputs.js';
import { reportOn, type ExperimentReport } from './experiment-progress.js';
import {
  addExperiment,
  endExperiment,
  findExperiment,
  findExperimentNamed,
  listExperiments,
  lockExperiment,
  rememberExperimentTenant,
  runningExperiments,
  type Experiment,
  type ExperimentFilter,
  type ExperimentPlace,
} from './experiment.repository.js';
import { outcomesOf, recentCompletion } from './outcome.repository.js';

export interface ExperimentServiceOptions {
  readonly database: Database;
  readonly policies: PolicySource;
  readonly now: () => number;
  /** Takes up at once what has changed. */
  readonly refresh: (tenantId: string) => Promise<void>;
}

const weekMs = 7 * 86_400_000;

/** Starts experiments, tells how they are, and stops them. */
export class ExperimentService {
  constructor(private readonly options: ExperimentServiceOptions) {}

  /**
   * Starts an experiment; one of that name with the same settings is answered as it is.
   *
   * @throws ORRERY_NOT_FOUND for a policy; ORRERY_CONFLICT when the name is taken another experiment runs at the scheduler, or its breaker is open;
   * ORRERY_VALIDATION.
   */
  async start(tenantId: string, body: StartBody): Promise<ExperimentReport> {
    const { database, now, refresh } = this.options;
    const request = settingsOf(body);
    const known = await database.forTenant(tenantId, (transaction) => findExperimentNamed(transaction, tenantId, body.name));
    if (known === undefined) {
      const policies = await this.policiesOf(tenantId, body);
      await database.forTenant(tenantId, async (transaction) => {
        await rememberExperimentTenant(transaction, tenantId);
        await this.refuseSecond(transaction, tenantId, body);
        await this.refuseOpenBreaker(transaction, tenantId, body);
        const experiment = await this.plan(transaction, tenantId, body, { ...policies, request });
        // Whoever was faster has the name or the scheduler: what there is then is looked at below.
        await addExperiment(transaction, tenantId, experiment);
      });
      await refresh(tenantId);
    }
    return await database.forTenant(tenantId, async (transaction) => {
      const found = await findExperimentNamed(transaction, tenantId, body.name);
      if (found === undefined) await this.refuseSecond(transaction, tenantId, body);
      if (found === undefined) throw new OrreryError('ORRERY_CONFLICT', `experiment ${body.name} could not be started: another began at the same moment`);
      if (!isSame(found.request, request)) throw new OrreryError('ORRERY_CONFLICT', `there is an experiment ${body.name} with other settings already: choose another name`, { details: { experiment_id: found.experimentId } });
      return await reportOn(transaction, tenantId, found, now());
    });
  }

  async list(tenantId: string, filter: ExperimentFilter, after: ExperimentPlace | undefined, limit: number): Promise<readonly Experiment[]> {
    return await this.options.database.forTenant(tenantId, (transaction) => listExperiments(transaction, tenantId, filter, { after, limit }));
  }

  /** @throws ORRERY_NOT_FOUND */
  async find(tenantId: string, experimentId: string): Promise<ExperimentReport> {
    const { database, now } = this.options;
    return await database.forTenant(tenantId, async (transaction) => reportOn(transaction, tenantId, orMissing(await findExperiment(transaction, tenantId, experimentId), experimentId), now()));
  }

  /**
   * Ends an experiment, or what is left of one that has ended: its roll-back, its roll-out, and its held-out blocks where that is asked for. Stopped again,
   * it stays as it is.
   *
   * @throws ORRERY_NOT_FOUND
   */
  async stop(tenantId: string, experimentId: string, { reason, by = tenantId, hold_out: keepsHoldOut }: StopBody): Promise<ExperimentReport> {
    const { database, now, refresh } = this.options;
    const report = await database.forTenant(tenantId, async (transaction) => {
      const experiment = orMissing(await lockExperiment(transaction, tenantId, experimentId), experimentId);
      const stopped = { ...experiment, ...stoppedState(experiment, `stopped by ${by}${reason === '' ? '' : `: ${reason}`}`), keepsHoldOut: experiment.keepsHoldOut && keepsHoldOut, endedMs: experiment.endedMs ?? now() };
      await endExperiment(transaction, tenantId, stopped);
      return await reportOn(transaction, tenantId, stopped, now());
    });
    await refresh(tenantId);
    return report;
  }

  private async policiesOf(tenantId: string, { policy: name, kind, control: asked }: StartBody): Promise<{ readonly policy: string; readonly control: string }> {
    const { policies } = this.options;
    const tried = await policies.find(tenantId, name);
    if (tried === undefined) throw unknown(name);
    if (kind === 'shadow') return { policy: name, control: '' };
    const control = asked ?? (await policies.serving(tenantId)).heuristic.name;
    const found = await policies.find(tenantId, control);
    if (found === undefined) throw unknown(control);
    checkControl(tried, found);
    return { policy: name, control };
  }

  private async refuseSecond(transaction: Transaction, tenantId: string, { scheduler, name }: StartBody): Promise<void> {
    const running = (await runningExperiments(transaction, tenantId)).find((experiment) => experiment.scheduler === scheduler);
    if (running === undefined || running.name === name) return;
    throw new OrreryError('ORRERY_CONFLICT', `experiment ${running.name} runs at scheduler ${scheduler} already: one at a time`, { details: { experiment_id: running.experimentId, name: running.name } });
  }

  /** While it is open, the heuristic would decide in treated blocks as well. */
  private async refuseOpenBreaker(transaction: Transaction, tenantId: string, { scheduler, kind }: StartBody): Promise<void> {
    if (kind === 'shadow') return;
    const breaker = (await listBreakers(transaction, tenantId)).find((one) => one.scheduler === scheduler);
    const reason = breaker === undefined ? undefined : openReason(breaker.state, this.options.now());
    if (reason !== undefined) throw new OrreryError('ORRERY_CONFLICT', `the breaker of scheduler ${scheduler} is open, and no learned policy can decide: ${reason}`);
  }

  private async plan(transaction: Transaction, tenantId: string, body: StartBody, { policy, control, request }: { readonly policy: string; readonly control: string; readonly request: unknown }): Promise<Experiment> {
    const startedMs = Math.ceil(this.options.now());
    const experimentId = randomUUID();
    const untilMs = body.until === undefined ? undefined : Date.parse(body.until);
    if (untilMs !== undefined && untilMs <= startedMs) throw new OrreryError('ORRERY_VALIDATION', `body.until: expected a time to come, got ${body.until}`);
    const base: Experiment = {
      ...{ experimentId, name: body.name, kind: body.kind, status: 'running', scheduler: body.scheduler, policy, control, plan: null, result: null, verdict: null, reason: '', endedMs: null, request },
      ...{ startedMs, endsMs: untilMs ?? startedMs + weekMs, startedBy: body.by ?? tenantId, note: body.note, keepsHoldOut: false, rollsOut: body.roll_out },
      design: { minimumEffect: body.minimum_effect, rollbackAbove: body.rollback_above, rollsOut: body.roll_out, notes: [] },
    };
    if (body.kind === 'shadow') return base;
    const recent = await recentCompletion(transaction, tenantId, body.scheduler, startedMs - weekMs);
    const wanted = { blockMs: inMs(body.block_seconds), burnInMs: inMs(body.burn_in_seconds), blockCount: body.blocks, untilMs, holdOut: body.hold_out, rampBlocks: body.ramp_blocks };
    const { plan, notes } = planBlocks({ experimentId, startedMs }, wanted, recent);
    const past = await outcomesOf(transaction, tenantId, body.scheduler, { fromMs: startedMs - weekMs, untilMs: startedMs });
    const seen = tellDetectable(detectableEffect(plan, past, body.minimum_effect), plan, body.minimum_effect);
    return { ...base, plan, endsMs: endOf(plan), keepsHoldOut: plan.holdOut > 0, design: { ...base.design, notes: [...notes, ...seen] } };
  }
}

function checkControl(tried: ServingPolicy, control: ServingPolicy): void {
  if (control.version !== 0) throw new OrreryError('ORRERY_VALIDATION', `body.control: expected a heuristic, and ${control.name} was learned: what falls back and what is held out must stay what it is`);
  if (tried.name === control.name && tried.version === control.version) throw new OrreryError('ORRERY_VALIDATION', `body.policy: ${tried.name} is the control itself: expected another policy`);
}

function stoppedState({ status, reason: before }: Experiment, words: string): Pick<Experiment, 'status' | 'reason'> {
  if (status === 'stopped') return { status, reason: before };
  return { status: 'stopped', reason: before === '' ? words : `${before}; ${words}` };
}

function orMissing(found: Experiment | undefined, experimentId: string): Experiment {
  if (found === undefined) throw new OrreryError('ORRERY_NOT_FOUND', `experiment ${experimentId} does not exist`, { details: { experiment_id: experimentId } });
  return found;
}

function unknown(policy: string): OrreryError {
  return new OrreryError('ORRERY_NOT_FOUND', `there is no policy ${policy}: GET /api/v1/schedule/policies lists them`, { details: { policy } });
}

function inMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.round(seconds * 1000);
}

/** What makes it another experiment when it is another; who says so, and why, does not. */
function settingsOf(body: StartBody): object {
  const { by, note, ...settings } = body;
  void [by, note];
  return settings;
}

/** Settings that are absent are not stored either; PostgreSQL keeps the keys of JSON in an order of its own. */
function isSame(left: unknown, right: unknown): boolean {
  const sorted = (value: unknown) => JSON.stringify(Object.entries(JSON.parse(JSON.stringify(value)) as object).sort(([one], [other]) => (one < other ? -1 : 1)));
  return sorted(left) === sorted(right);
}
