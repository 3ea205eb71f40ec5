import { fromBinary } from '@bufbuild/protobuf';
import { defaultTenant } from '@orrery/auth';
import { deadLetterTopicOf, ExecutionRecordSchema, executionTopic, MetricSampledSchema, metricSampledTopic, RunFinishedSchema, runFinishedTopic, RunStartedSchema, runStartedTopic, TaskFinishedSchema, taskFinishedTopic } from '@orrery/contracts';
import { OrreryError } from '@orrery/errors';
import { listDeadLetters, replayDeadLetters, type DeadLetter, type EventLog } from '@orrery/event-log';
import type { Database } from '@orrery/persistence';
import { noteReplayed, replayedOf } from './storage/replayed-dead-letters.js';

export interface ListedDeadLetter {
  readonly id: string;
  readonly letter: DeadLetter;
  readonly isReplayed: boolean;
}

/** How far a listing came: the topic it is in, and the next offset of each of its partitions. */
export interface DeadLetterPosition {
  readonly topic: string;
  readonly from: ReadonlyMap<number, bigint>;
}

const deadLetterSuffix = deadLetterTopicOf('').name;
const lettersAtOnce = 500;

/**
 * Shows and replays the records that could not be processed. A letter belongs to the tenant that its record names; what cannot be
 * read at all names nobody and belongs to the default tenant.
 */
export class DeadLetterService {
  constructor(
    private readonly log: EventLog,
    private readonly database: Database,
  ) {}

  /** Letters of a topic, or of all topics by name; the oldest first. */
  async list(tenantId: string, topic: string | undefined, page: { readonly after: DeadLetterPosition | undefined; readonly limit: number }): Promise<{ readonly letters: readonly ListedDeadLetter[]; readonly next: DeadLetterPosition | null }> {
    const letters: ListedDeadLetter[] = [];
    const topics = (topic === undefined ? await this.topics() : [topic]).filter((name) => page.after === undefined || name >= page.after.topic);
    for (const [index, name] of topics.entries()) {
      const from = name === page.after?.topic ? { from: page.after.from } : {};
      const found = await listDeadLetters(this.log, name, { ...from, limit: page.limit - letters.length, select: belongsTo(tenantId) });
      const replayed = await this.replayed(tenantId, name);
      letters.push(...found.letters.map((letter) => ({ id: idOf(letter), letter, isReplayed: replayed.has(idOf(letter)) })));
      if (letters.length < page.limit) continue;
      if (!found.isLast) return { letters, next: { topic: name, from: found.next } };
      const following = topics[index + 1];
      return { letters, next: following === undefined ? null : { topic: following, from: new Map() } };
    }
    return { letters, next: null };
  }

  /** Sends all letters of a topic once more that were not sent yet; returns how many. */
  async replayTopic(tenantId: string, topic: string): Promise<number> {
    const isTenants = belongsTo(tenantId);
    const known = await this.replayed(tenantId, topic);
    let count = 0;
    for (let from: ReadonlyMap<number, bigint> = new Map(), isLast = false; !isLast; ) {
      const chosen: string[] = [];
      const select = (letter: DeadLetter) => isTenants(letter) && !known.has(idOf(letter)) && chosen.push(idOf(letter)) > 0;
      const result = await replayDeadLetters(this.log, topic, { from, limit: lettersAtOnce, select });
      if (chosen.length > 0) await this.note(tenantId, topic, chosen);
      count += result.replayed;
      ({ next: from, isLast } = result);
    }
    return count;
  }

  /** Sends single letters once more, whether or not they were sent before. @throws ORRERY_NOT_FOUND when the tenant has no such letter. */
  async replayLetters(tenantId: string, ids: readonly string[]): Promise<number> {
    let count = 0;
    for (const id of new Set(ids)) {
      const { topic, partition, offset } = parseId(id);
      const isTenants = belongsTo(tenantId);
      const { replayed } = await replayDeadLetters(this.log, topic, {
        from: new Map([[partition, offset]]),
        limit: 1,
        select: (letter) => idOf(letter) === id && isTenants(letter),
      });
      if (replayed === 0) throw new OrreryError('ORRERY_NOT_FOUND', `there is no dead letter ${id}; ${count} of those before it were replayed`);
      await this.note(tenantId, topic, [id]);
      count += replayed;
    }
    return count;
  }

  private async topics(): Promise<readonly string[]> {
    const all = await this.log.topics();
    return all.filter((name) => name.endsWith(deadLetterSuffix)).map((name) => name.slice(0, -deadLetterSuffix.length)).sort();
  }

  private replayed(tenantId: string, topic: string): Promise<ReadonlySet<string>> {
    return this.database.forTenant(tenantId, (transaction) => replayedOf(transaction, topic));
  }

  private note(tenantId: string, topic: string, ids: readonly string[]): Promise<void> {
    return this.database.forTenant(tenantId, (transaction) => noteReplayed(transaction, tenantId, topic, ids));
  }
}

function idOf({ at }: DeadLetter): string {
  return `${at.topic}/${at.partition}/${at.offset}`;
}

const idForm = /^([^/]{1,300})\/(\d{1,9})\/(\d{1,18})$/;

function parseId(id: string): { readonly topic: string; readonly partition: number; readonly offset: bigint } {
  const [, deadLetterTopic, partition, offset] = idForm.exec(id) ?? [];
  if (deadLetterTopic === undefined || !deadLetterTopic.endsWith(deadLetterSuffix)) throw new OrreryError('ORRERY_VALIDATION', `body.ids: ${id} is not the id of a dead letter`);
  return { topic: deadLetterTopic.slice(0, -deadLetterSuffix.length), partition: Number(partition), offset: BigInt(offset ?? 0) };
}

function belongsTo(tenantId: string): (letter: DeadLetter) => boolean {
  return (letter) => tenantOf(letter) === tenantId;
}

const tenantByTopic: ReadonlyMap<string, (value: Uint8Array) => string> = new Map([
  [executionTopic.name, (value: Uint8Array) => fromBinary(ExecutionRecordSchema, value).tenantId],
  [runStartedTopic.name, (value: Uint8Array) => fromBinary(RunStartedSchema, value).tenantId],
  [taskFinishedTopic.name, (value: Uint8Array) => fromBinary(TaskFinishedSchema, value).tenantId],
  [runFinishedTopic.name, (value: Uint8Array) => fromBinary(RunFinishedSchema, value).tenantId],
  [metricSampledTopic.name, (value: Uint8Array) => fromBinary(MetricSampledSchema, value).tenantId],
]);

function tenantOf({ original: { topic, value } }: DeadLetter): string {
  const tenantIn = tenantByTopic.get(topic);
  if (tenantIn === undefined || value === null) return defaultTenant;
  try {
    return tenantIn(value) || defaultTenant;
  } catch {
    return defaultTenant;
  }
}
