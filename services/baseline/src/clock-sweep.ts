import { runFinishedTopic, runStartedTopic } from '@orrery/contracts';
import type { EventLog } from '@orrery/event-log';
import { execute, findRowsByIndex, type Database, type Transaction } from '@orrery/persistence';
import type { AnomalyWriter } from './anomaly-writer.js';
import { consumerGroup } from './baseline.service.js';
import { dueAt, levelsOf, missedStart, nextDueAt, overrun, workloadKeyOf, type Finding } from './domain/index.js';
import { unknownDurationMs } from './learn-started.js';
import { AnomalyBoard } from './learning/anomaly-board.js';
import { lookAt } from './learning/look-at.js';
import { lockUnresolvedAnomalies } from './storage/anomaly.repository.js';
import { loadBaselineStates } from './storage/baseline.repository.js';
import { loadCadences } from './storage/cadence.repository.js';
import { loadCauseSettings } from './storage/cause-setting.repository.js';
import { loadRunningRuns, markRunsReported, type RunningRun } from './storage/running-run.repository.js';
import { claimDueWatches, dropWatches, isAnyWatchDue, setWatches, type LaggingPartitions, type Watch, type WatchItem } from './storage/watch.repository.js';

export interface ClockSweepOptions {
  readonly database: Database;
  readonly log: Pick<EventLog, 'lag'>;
  readonly anomalies: AnomalyWriter;
  readonly now: () => number;
}

const itemsAtOnce = 100;

/** One replica at a time. */
const lockSweep = { name: 'lock sweep', text: `select pg_try_advisory_xact_lock(hashtextextended('orrery.baseline.sweep', 0)) as is_locked` };

/** What a look at one item came to. */
interface Outcome {
  readonly item: WatchItem;
  readonly finding?: Finding;
  /** When to look again; absent when never. */
  readonly againAtMs?: number;
}

/** Finds what the log cannot tell because it did not happen: runs that should have ended, and runs that should have begun. */
export class ClockSweep {
  constructor(private readonly options: ClockSweepOptions) {}

  /** Looks at what is due, at most 100 items, and says whether there may be more. */
  async sweep(): Promise<boolean> {
    const { database, now } = this.options;
    const nowMs = now();
    if (!(await database.transaction((transaction) => isAnyWatchDue(transaction, nowMs)))) return false;
    const lagging = await this.laggingPartitions();
    return await database.transaction(async (transaction) => {
      const [lock] = await execute<{ is_locked: boolean }>(transaction, lockSweep);
      if (lock?.is_locked !== true) return false;
      await findRowsByIndex(transaction);
      const items = await claimDueWatches(transaction, nowMs, lagging, itemsAtOnce);
      const tenants = [...new Set(items.map(({ tenantId }) => tenantId))].sort();
      for (const tenantId of tenants) await this.sweepTenant(transaction, tenantId, items.filter((item) => item.tenantId === tenantId), nowMs);
      return items.length === itemsAtOnce;
    });
  }

  /** Where facts wait to be learned, an end or a start may be among them. */
  private async laggingPartitions(): Promise<LaggingPartitions> {
    const behind = async (topic: string) => (await this.options.log.lag(consumerGroup, [topic])).filter(({ lag }) => lag > 0n).map(({ partition }) => partition);
    return { run: await behind(runFinishedTopic.name), start: await behind(runStartedTopic.name) };
  }

  private async sweepTenant(transaction: Transaction, tenantId: string, items: readonly WatchItem[], nowMs: number): Promise<void> {
    await this.options.database.actAs(transaction, tenantId);
    const runs = items.filter(({ kind }) => kind === 'run');
    const starts = items.filter(({ kind }) => kind === 'start');
    const outcomes = [...(await this.lookAtRuns(transaction, tenantId, runs, nowMs)), ...(await this.lookAtStarts(transaction, tenantId, starts, nowMs))];
    await setWatches(transaction, outcomes.flatMap(({ item, againAtMs }): Watch[] => (againAtMs === undefined ? [] : [{ ...item, dueAtMs: againAtMs }])));
    for (const kind of ['run', 'start'] as const) {
      const done = outcomes.filter(({ item, againAtMs }) => item.kind === kind && againAtMs === undefined);
      await dropWatches(transaction, tenantId, kind, done.map(({ item }) => item.subjectId));
    }
    const found = outcomes.flatMap(({ finding }) => finding ?? []);
    await markRunsReported(transaction, tenantId, found.filter(({ cause }) => cause === 'overrun').map(({ runId }) => runId));
    await this.report(transaction, tenantId, found);
  }

  private async report(transaction: Transaction, tenantId: string, findings: readonly Finding[]): Promise<void> {
    if (findings.length === 0) return;
    const subjects = [...new Set(findings.map(({ subjectKeyId }) => subjectKeyId))];
    const board = new AnomalyBoard(await lockUnresolvedAnomalies(transaction, tenantId, subjects), await loadCauseSettings(transaction, tenantId, subjects));
    for (const finding of findings) board.find(finding, finding.detectedAtMs);
    await this.options.anomalies.write(transaction, tenantId, board.changes());
  }

  private async lookAtRuns(transaction: Transaction, tenantId: string, items: readonly WatchItem[], nowMs: number): Promise<readonly Outcome[]> {
    const runs = new Map((await loadRunningRuns(transaction, tenantId, items.map(({ subjectId }) => subjectId))).map((run) => [run.runId, run]));
    const states = await loadBaselineStates(transaction, tenantId, [...new Set([...runs.values()].map(({ subjectKeyId }) => subjectKeyId))]);
    return items.map((item) => {
      const run = runs.get(item.subjectId);
      return run === undefined ? { item } : { item, ...lookAtRun(run, states, nowMs) };
    });
  }

  private async lookAtStarts(transaction: Transaction, tenantId: string, items: readonly WatchItem[], nowMs: number): Promise<readonly Outcome[]> {
    const cadences = await loadCadences(transaction, tenantId, items.map(({ subjectId }) => subjectId));
    return items.map((item) => {
      const cadence = cadences.get(item.subjectId);
      if (cadence === undefined) return { item };
      const { engine, namespace, workflow, lastRunId, state } = cadence;
      const finding = missedStart({ cadence: state, workflow: { tenantId, engine, namespace, workflow }, lastRunId, nowMs });
      if (finding !== null) return { item, finding };
      const next = nextDueAt(state);
      return next === null ? { item } : { item, againAtMs: next.dueAtMs };
    });
  }
}

function lookAtRun({ observation, recordedAtMs }: RunningRun, states: Parameters<typeof stateOf>[0], nowMs: number): Omit<Outcome, 'item'> {
  const levels = levelsOf(workloadKeyOf(observation)).map((level) => ({ ...level, state: stateOf(states, level.keyId) }));
  const due = dueAt(levels, observation.startedAtMs ?? observation.observedAtMs);
  if (due === null) return { againAtMs: nowMs + unknownDurationMs };
  const at = lookAt(due.dueAtMs, recordedAtMs);
  if (at === null) return {};
  if (at > nowMs) return { againAtMs: at };
  const finding = overrun({ observation, levels, due, nowMs });
  return finding === null ? {} : { finding };
}

function stateOf(states: Awaited<ReturnType<typeof loadBaselineStates>>, keyId: string) {
  return states.get(keyId) ?? null;
}
