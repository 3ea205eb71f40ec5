import type { ExecutionRecord } from '@orrery/contracts';
import type { LogBatch, OutgoingRecord } from '@orrery/event-log';
import { findRowsByIndex, rememberTenant, type Database, type Transaction } from '@orrery/persistence';
import { outcomeOf, statusOf } from './domain/progress.js';
import { shownStatusOf } from './domain/tally.js';
import { latestAttempt } from './domain/task-state.js';
import type { EventStoreMetrics } from './event-store.metrics.js';
import { attemptsWithErrors, factsOf } from './facts.js';
import { appendChanges, type RunChange, type TaskChange } from './storage/change-feed.js';
import { findErrorLines } from './storage/error-line.repository.js';
import type { IncomingRecord } from './storage/record-rows.js';
import { TraceWriter, type RunUpdate } from './trace-writer.js';

export const consumerGroup = 'event-store';

/** Remembers, within the transaction, how far a group is in a partition. */
export interface Positions {
  /** @throws ORRERY_CONFLICT when the batch does not begin where the group stands: another consumer has it, or it is done. */
  advance(transaction: Transaction, groupId: string, batch: LogBatch<unknown>): Promise<void>;
}

/** Takes records that the log gets once the transaction is committed. */
export interface Outbox {
  write(transaction: Transaction, records: readonly OutgoingRecord[]): Promise<void>;
}

export interface EventStoreParts {
  readonly database: Database;
  readonly positions: Positions;
  readonly outbox: Outbox;
  readonly metrics: EventStoreMetrics;
  /** Unix ms. */
  readonly now: () => number;
}

const maxTasksInChange = 50;

/** Brings batches of the log into the tables. */
export class EventStoreService {
  private readonly writer: TraceWriter;

  constructor(private readonly parts: EventStoreParts) {
    this.writer = new TraceWriter(() => Math.round(parts.now() * 1000));
  }

  /**
   * Joins a batch into the store in one transaction: position, records, rows, facts and changes are there together or not at all.
   * Repeating it changes nothing.
   *
   * @throws ORRERY_VALIDATION when a record cannot be stored; the whole batch is undone, so that it can be halved.
   * @throws ORRERY_CONFLICT when the position is elsewhere.
   */
  async apply(batch: LogBatch<ExecutionRecord>): Promise<void> {
    const { database, positions, metrics } = this.parts;
    const counts = await metrics.timeWrite(() =>
      database.transaction(async (transaction) => {
        await positions.advance(transaction, consumerGroup, batch);
        await findRowsByIndex(transaction);
        let kept = 0;
        let facts = 0;
        for (const [tenantId, records] of byTenant(batch)) {
          const stored = await this.applyFor(transaction, tenantId, records);
          kept += stored.kept;
          facts += stored.facts;
        }
        return { kept, facts };
      }),
    );
    metrics.countBatch(batch.records.length, counts);
  }

  private async applyFor(transaction: Transaction, tenantId: string, records: readonly IncomingRecord[]): Promise<{ readonly kept: number; readonly facts: number }> {
    await this.parts.database.actAs(transaction, tenantId);
    const { updates, keptCount } = await this.writer.write(transaction, tenantId, records);
    if (updates.some(({ before }) => before === null)) await rememberTenant(transaction, tenantId);
    const errorLines = await findErrorLines(transaction, updates.flatMap(attemptsWithErrors));
    const facts = updates.flatMap((update) => factsOf(tenantId, update, errorLines));
    if (facts.length > 0) await this.parts.outbox.write(transaction, facts);
    await appendChanges(transaction, tenantId, updates.map(changeOf));
    return { kept: keptCount, facts: facts.length };
  }
}

function byTenant(batch: LogBatch<ExecutionRecord>): ReadonlyMap<string, readonly IncomingRecord[]> {
  const tenants = new Map<string, IncomingRecord[]>();
  for (const { value, record } of batch.records) {
    const incoming = { value, encoded: record.value ?? new Uint8Array() };
    const records = tenants.get(value.tenantId);
    if (records === undefined) tenants.set(value.tenantId, [incoming]);
    else records.push(incoming);
  }
  return tenants;
}

function changeOf({ after, tasks, newEvents, newArtifacts }: RunUpdate): RunChange {
  const { run } = after;
  return {
    runId: run.runId,
    status: shownStatusOf(run, after.tasks).status,
    outcome: outcomeOf(run.progress),
    workflow: run.workflow,
    engine: run.engine,
    tasks: tasks.slice(0, maxTasksInChange).map(({ after: { task } }): TaskChange => {
      const { progress } = latestAttempt(task);
      return { taskId: task.taskId, name: task.name, status: statusOf(progress), outcome: outcomeOf(progress) };
    }),
    events: newEvents,
    artifacts: newArtifacts,
  };
}
