import { observationsOf, type WorkflowFact, type TaskFinished } from '@orrery/contracts';
import type { LogBatch } from '@orrery/event-log';
import { bucketOf, byTenant, ensureBuckets, findRowsByIndex, rememberTenant, unseen, type Database, type Transaction } from '@orrery/persistence';
import { learnRuns, learnTasks, type RecordedEnd } from './estimates/learn-facts.js';
import type { SchedulerMetrics } from './scheduler.metrics.js';

export const consumerGroup = 'scheduler';

/** Remembers, within the transaction, how far a group is in a partition. */
export interface Positions {
  /** @throws ORRERY_CONFLICT when the batch does not begin where the group stands: another consumer has it, or it is done. */
  advance(transaction: Transaction, groupId: string, batch: LogBatch<unknown>): Promise<void>;
}

/** Looks at ends of runs and tasks in the transaction that learns them. */
export interface OutcomeLearner {
  learn(transaction: Transaction, tenantId: string, ends: readonly RecordedEnd[]): Promise<void>;
}

export interface SchedulerServiceParts {
  readonly database: Database;
  readonly positions: Positions;
  readonly metrics: SchedulerMetrics;
  /** Told of facts that are new, beside the estimates. */
  readonly learners: readonly OutcomeLearner[];
  /** Unix ms. */
  readonly now: () => number;
}

interface Entry extends RecordedEnd {
  readonly factId: string;
  readonly tenantId: string;
  readonly bucket: string;
}

/** Exit code of a process that was killed with SIGKILL, which is what the kernel does when memory runs out. */
const killedExitCode = 137;
const outOfMemoryWords = /out ?of ?memory|oom[- ]?kill/i;

/** Learns batches of facts: what to expect of tasks, and what runs were made of. */
export class SchedulerService {
  constructor(private readonly parts: SchedulerServiceParts) {}

  /**
   * Learns a batch in one transaction: position, estimates and runs are there together or not at all. Facts that were learned before
   * change nothing.
   *
   * @throws ORRERY_VALIDATION when a fact cannot be stored; the whole batch is undone, so that it can be halved.
   * @throws ORRERY_CONFLICT when the position is elsewhere.
   */
  async apply(batch: LogBatch<WorkflowFact>): Promise<void> {
    const { database, positions, metrics, now } = this.parts;
    const nowMs = now();
    const entries = batch.records.flatMap(({ value, record: { timestampMs } }) => entriesOf(value, timestampMs, bucketOf(timestampMs, nowMs)));
    const fresh = await metrics.timeWrite(() =>
      database.transaction(async (transaction) => {
        await positions.advance(transaction, consumerGroup, batch);
        await findRowsByIndex(transaction);
        await ensureBuckets(transaction, ['seen_fact'], entries.map(({ bucket }) => bucket));
        let count = 0;
        for (const [tenantId, own] of byTenant(entries)) count += await this.applyFor(transaction, tenantId, own);
        return count;
      }),
    );
    metrics.countBatch(entries.length, fresh);
  }

  private async applyFor(transaction: Transaction, tenantId: string, entries: readonly Entry[]): Promise<number> {
    const { database, learners } = this.parts;
    await database.actAs(transaction, tenantId);
    await rememberTenant(transaction, tenantId);
    const fresh = await unseen(transaction, tenantId, entries);
    const tasks = fresh.filter(({ observation }) => observation.subject === 'task');
    const runs = fresh.filter(({ observation }) => observation.subject === 'run');
    if (tasks.length > 0) await learnTasks(transaction, tenantId, tasks);
    if (runs.length > 0) await learnRuns(transaction, tenantId, runs);
    if (fresh.length > 0) for (const learner of learners) await learner.learn(transaction, tenantId, fresh);
    return fresh.length;
  }
}

function entriesOf(fact: WorkflowFact, recordedAtMs: number, bucket: string): readonly Entry[] {
  const ofTask = fact.$typeName === 'orrery.v1.TaskFinished' ? { isOutOfMemory: isOutOfMemory(fact), dependsOn: fact.task?.dependsOn ?? [] } : { isOutOfMemory: false, dependsOn: [] };
  return observationsOf(fact, recordedAtMs).map((observation) => ({ factId: observation.observationId, tenantId: fact.tenantId, externalRunId: fact.run?.externalId ?? '', bucket, observation, recordedAtMs, ...ofTask }));
}

function isOutOfMemory({ task, errorLines }: TaskFinished): boolean {
  const failure = task?.failure;
  if (failure !== undefined && (failure.exitCode === killedExitCode || outOfMemoryWords.test(failure.type) || outOfMemoryWords.test(failure.message))) return true;
  return errorLines.some((line) => outOfMemoryWords.test(line));
}
