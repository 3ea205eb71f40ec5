import { messageOf } from '@orrery/errors';
import type { Database } from '@orrery/persistence';
import type { Logger } from '@orrery/telemetry';
import { afterWindow, breakerSettings, openReason, type BreakerSettings, type BreakerState, type RecordedRun, type Replay, type ReplayedWindow } from '../domain/experiments/index.js';
import type { PolicySource, ServingPolicy } from '../policies/policy-store.js';
import { addReplayWindow, listBreakers, lockBreaker, runsAfter, runsBefore, saveBreaker, type SchedulerBreaker, type StoredRun, type WindowRow } from './breaker.repository.js';
import { runningExperiments, type Experiment } from './experiment.repository.js';

export interface ReplayOptions {
  readonly database: Database;
  readonly now: () => number;
  readonly policies: PolicySource;
  readonly logger: Logger;
  readonly replay: Replay;
  readonly breaker?: Partial<BreakerSettings>;
  /** Runs of a window at least. @default 20 */
  readonly windowRuns?: number;
}

interface Window {
  readonly runs: readonly StoredRun[];
  /** Those that arrived shortly before, so that the twin does not begin with idle slots. */
  readonly lead: readonly StoredRun[];
}

/** What a window says of the breaker, and what is kept of it. */
interface Replayed {
  readonly row: WindowRow;
  readonly judged: Omit<ReplayedWindow, 'endedMs'>;
}

const dayMs = 86_400_000;
const hourMs = 3_600_000;
/** In one look; the next goes on. */
const mostWindows = 20;

/**
 * Replays runs that are over under the heuristic, window by window, and lets the breaker of their scheduler know; where a shadow runs, also under its
 * policy and under the one that serves.
 */
export class ReplayWindows {
  private readonly settings: BreakerSettings;

  constructor(private readonly options: ReplayOptions) {
    this.settings = { ...breakerSettings, ...options.breaker };
  }

  /** Says whether a breaker of the tenant has changed. */
  async look(tenantId: string): Promise<boolean> {
    const { database } = this.options;
    const { breakers, running } = await database.forTenant(tenantId, async (transaction) => ({ breakers: await listBreakers(transaction, tenantId), running: await runningExperiments(transaction, tenantId) }));
    let hasChanged = false;
    for (const breaker of breakers) {
      const shadow = running.find(({ scheduler, kind }) => scheduler === breaker.scheduler && kind === 'shadow');
      hasChanged = (await this.lookAt(tenantId, breaker, shadow)) || hasChanged;
    }
    return hasChanged;
  }

  private async lookAt(tenantId: string, breaker: SchedulerBreaker, shadow: Experiment | undefined): Promise<boolean> {
    let present = breaker;
    for (let count = 0; count < mostWindows; count += 1) {
      const window = await this.nextWindow(tenantId, present);
      if (window === undefined) break;
      const next = await this.take(tenantId, present, window, shadow);
      if (next === undefined) break;
      present = next;
    }
    return present !== breaker;
  }

  /** The next runs that arrived one after the other, once they are over; runs that never end are not waited for longer than an hour or ten times the usual. */
  private async nextWindow(tenantId: string, { scheduler, replayedUntilMs }: SchedulerBreaker): Promise<Window | undefined> {
    const { database, now, windowRuns = 20 } = this.options;
    const nowMs = now();
    return await database.forTenant(tenantId, async (transaction) => {
      const found = await runsAfter(transaction, tenantId, scheduler, { afterMs: replayedUntilMs ?? nowMs - dayMs, limit: 10 * windowRuns });
      // Those that arrived at one moment stay together: the next window begins after that moment.
      const end = found.findIndex((run, index) => index + 1 >= windowRuns && found[index + 1]?.arrivedMs !== run.arrivedMs);
      if (end < 0) return undefined;
      const runs = found.slice(0, end + 1);
      const ended = runs.flatMap(({ completionMs }) => completionMs ?? []);
      const patienceMs = Math.max(hourMs, (10 * ended.reduce((sum, value) => sum + value, 0)) / Math.max(ended.length, 1));
      if (runs.some(({ completionMs, arrivedMs }) => completionMs === null && nowMs - arrivedMs < patienceMs)) return undefined;
      const firstMs = (runs[0] as StoredRun).arrivedMs;
      return { runs, lead: await runsBefore(transaction, tenantId, scheduler, { beforeMs: firstMs - 1, fromMs: firstMs - patienceMs, limit: windowRuns }) };
    });
  }

  /** What the breaker is after a window; undefined where another process was faster. */
  private async take(tenantId: string, present: SchedulerBreaker, window: Window, shadow: Experiment | undefined): Promise<SchedulerBreaker | undefined> {
    const { database, now, logger } = this.options;
    const { scheduler } = present;
    const replayed = await this.replayed(tenantId, scheduler, window, shadow).catch((error: unknown) => {
      logger.warn({ tenant_id: tenantId, scheduler, error: messageOf(error) }, 'runs cannot be replayed; they are left out');
      return undefined;
    });
    const replayedUntilMs = (window.runs.at(-1) as StoredRun).arrivedMs;
    const saved = await database.forTenant(tenantId, async (transaction) => {
      const locked = await lockBreaker(transaction, tenantId, scheduler);
      if (locked === undefined || locked.replayedUntilMs !== present.replayedUntilMs) return undefined;
      const state = replayed === undefined ? locked.state : afterWindow(locked.state, { endedMs: now(), ...replayed.judged }, this.settings);
      const next = { scheduler, state, replayedUntilMs };
      await saveBreaker(transaction, tenantId, next, now());
      if (replayed !== undefined) await addReplayWindow(transaction, tenantId, replayed.row);
      return { next, before: locked.state };
    });
    if (saved !== undefined) this.tell(tenantId, scheduler, saved.before, saved.next.state);
    return saved?.next;
  }

  /** Undefined where too little is known of the runs. */
  private async replayed(tenantId: string, scheduler: string, { runs, lead }: Window, shadow: Experiment | undefined): Promise<Replayed | undefined> {
    const usable = [...lead, ...runs].filter(({ completionMs, taskEnds }) => completionMs !== null && taskEnds.length > 0);
    const pools = runs.findLast((run) => run.pools.length > 0)?.pools ?? [];
    const own = runs.filter((run) => usable.includes(run));
    if (own.length === 0 || pools.length === 0) return undefined;
    const { policies, replay } = this.options;
    const { serving, heuristic } = await policies.serving(tenantId);
    const tried = shadow === undefined ? undefined : await policies.find(tenantId, shadow.policy);
    const recorded = usable.map(recordedRun).sort((left, right) => left.arrivedMs - right.arrivedMs);
    const twins = replay(recorded, pools, heuristic.policy);
    const under = (one: ServingPolicy) => meanOf(replay(recorded, pools, one.policy), own);
    const learned = own.filter(({ isLearned }) => isLearned);
    const span = { fromMs: (runs[0] as StoredRun).arrivedMs, untilMs: (runs.at(-1) as StoredRun).arrivedMs };
    const beside = tried === undefined ? { servingMs: null, shadowMs: null, shadowExperimentId: null } : { servingMs: under(serving), shadowMs: under(tried), shadowExperimentId: shadow?.experimentId ?? null };
    const row = { scheduler, ...span, runs: own.length, learnedRuns: learned.length, actualMs: actualMean(own), heuristicMs: meanOf(twins, own), ...beside };
    return { row, judged: judgedBy(own, learned, twins) };
  }

  private tell(tenantId: string, scheduler: string, before: BreakerState, after: BreakerState): void {
    const { logger, now } = this.options;
    if (before.phase === after.phase) return;
    const told = { tenant_id: tenantId, scheduler, reason: openReason(after, now()) ?? '' };
    if (after.phase === 'open') logger.error(told, 'the breaker of a scheduler has opened: the heuristic decides');
    else logger.info(told, `the breaker of a scheduler is ${after.phase}`);
  }
}

/** A task that nobody told an end of took no time. */
function recordedRun({ runId, arrivedMs, tasks, taskEnds }: StoredRun): RecordedRun {
  const durations = new Map<string, number[]>();
  for (const [name, durationMs] of taskEnds) durations.set(name, [...(durations.get(name) ?? []), durationMs]);
  return { runId, arrivedMs, tasks: tasks.map((task) => ({ ...task, durationsMs: durations.get(task.name) ?? [0] })) };
}

/** Whoever decided for most of the runs is judged by those. */
function judgedBy(own: readonly StoredRun[], learned: readonly StoredRun[], twins: ReadonlyMap<string, number>): Replayed['judged'] {
  const isLearned = learned.length * 2 >= own.length;
  const judged = isLearned ? learned : own.filter((run) => !run.isLearned);
  return { decidedBy: isLearned ? 'learned' : 'heuristic', runCount: judged.length, actualMeanMs: actualMean(judged), twinMeanMs: meanOf(twins, judged) };
}

function actualMean(runs: readonly StoredRun[]): number {
  return runs.reduce((sum, { completionMs }) => sum + (completionMs ?? 0), 0) / runs.length;
}

function meanOf(completions: ReadonlyMap<string, number>, runs: readonly StoredRun[]): number {
  return runs.reduce((sum, { runId }) => sum + (completions.get(runId) ?? Number.NaN), 0) / runs.length;
}
