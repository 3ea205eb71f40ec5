import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OrreryError } from '@orrery/errors';
import type { LogBatch, OffsetRange, PositionStore, TopicPartition } from '../event-log.js';
import type { ContractBackend } from './contract-backend.js';
import { ContractScene, eventually, Gate, numbered } from './contract-scene.js';

/** What a service's own tables do: results and position change together, or not at all. */
class RememberedPositions implements PositionStore {
  readonly results: string[] = [];
  readonly #positions = new Map<string, bigint>();

  async load(groupId: string, at: TopicPartition): Promise<bigint | null> {
    return this.#positions.get(keyOf(groupId, at)) ?? null;
  }

  async skip(groupId: string, at: TopicPartition, range: OffsetRange): Promise<void> {
    this.#move(groupId, { ...at, ...range });
  }

  async reset(groupId: string, at: TopicPartition, nextOffset: bigint): Promise<void> {
    this.#positions.set(keyOf(groupId, at), nextOffset);
  }

  commit(groupId: string, batch: LogBatch<string>): void {
    this.#move(groupId, batch);
    this.results.push(...batch.records.map(({ value }) => value));
  }

  #move(groupId: string, range: TopicPartition & OffsetRange): void {
    const position = this.#positions.get(keyOf(groupId, range));
    if (position !== undefined && position !== range.firstOffset) throw new OrreryError('ORRERY_CONFLICT', 'the position moved');
    this.#positions.set(keyOf(groupId, range), range.nextOffset);
  }
}

function keyOf(groupId: string, { topic, partition }: TopicPartition): string {
  return `${groupId} ${topic} ${partition}`;
}

/** A consumer that remembers its own position does nothing twice, whatever the log believes. */
export function positionContract(backend: () => ContractBackend): void {
  let scene: ContractScene;
  let positions: RememberedPositions;
  beforeEach(() => {
    scene = new ContractScene(backend());
    positions = new RememberedPositions();
  });
  afterEach(() => scene.close());

  describe('when the consumer keeps its own positions', () => {
    it('goes on behind a batch that was committed just before a crash', async () => {
      await scene.createTopic(1);
      await scene.append(numbered('n', 30));
      const crashed = scene.collect({ maxBatchRecords: 10, positions });
      const doomed = await scene.log.subscribe({
        ...crashed.subscription,
        handle: async (batch) => {
          positions.commit(scene.groupId, batch);
          // The commit of the log never happens: the process is gone for it.
          if (batch.firstOffset === 10n) throw new OrreryError('ORRERY_DEPENDENCY', 'killed');
        },
      });
      await eventually(() => expect(positions.results.length).toBeGreaterThanOrEqual(20));
      await doomed.stop();
      const next = scene.collect({ maxBatchRecords: 10, positions, handle: async (batch) => positions.commit(scene.groupId, batch) });
      await scene.openLog().subscribe(next.subscription);

      await eventually(async () => expect(await scene.lag()).toBe(0));
      expect(positions.results).toEqual(numbered('n', 30));
      expect(await scene.deadLetters()).toEqual([]);
    });

    it('takes a conflict as done elsewhere, and goes on where the position is now', async () => {
      await scene.createTopic(1);
      const gate = new Gate();
      const got = scene.collect({
        positions,
        handle: async (batch) => {
          if (batch.firstOffset === 0n) await gate.pass();
          positions.commit(scene.groupId, batch);
        },
      });
      await scene.append(numbered('n', 10));
      await scene.log.subscribe(got.subscription);
      await gate.reached();
      await positions.reset(scene.groupId, { topic: scene.topic, partition: 0 }, 4n);
      gate.open();

      await eventually(() => expect(positions.results).toEqual(numbered('n', 10).slice(4)));
      await eventually(async () => expect(await scene.lag()).toBe(0));
      expect(await scene.deadLetters()).toEqual([]);
    });

    it('moves the position past dead letters', async () => {
      await scene.createTopic(1);
      const got = scene.collect({
        positions,
        handle: async (batch) => {
          if (batch.records.some(({ value }) => value === 'n-4')) throw new OrreryError('ORRERY_VALIDATION', 'bad');
          positions.commit(scene.groupId, batch);
        },
      });
      await scene.append(numbered('n', 9));
      await scene.log.subscribe(got.subscription);

      await eventually(async () => expect(await scene.lag()).toBe(0));
      expect(positions.results).toEqual(numbered('n', 9).filter((text) => text !== 'n-4'));
      expect(await positions.load(scene.groupId, { topic: scene.topic, partition: 0 })).toBe(9n);
    });

    it('takes a conflict of the handler itself for a bad record', async () => {
      await scene.createTopic(1);
      const got = scene.collect({
        positions,
        handle: async (batch) => {
          if (batch.records.some(({ value }) => value === 'n-1')) throw new OrreryError('ORRERY_CONFLICT', 'contradicts an earlier record');
          positions.commit(scene.groupId, batch);
        },
      });
      await scene.append(numbered('n', 3));
      await scene.log.subscribe(got.subscription);

      await eventually(async () => expect(await scene.lag()).toBe(0));
      expect(positions.results).toEqual(['n-0', 'n-2']);
      expect(await scene.deadLetters()).toHaveLength(1);
    });

    it('goes back when the handler resolved without having done it, loses nothing and says why', async () => {
      await scene.createTopic(1);
      let isSwallowing = true;
      const swallowed = ({ value }: { value: string }): boolean => isSwallowing && value === 'n-15';
      const isBad = ({ value }: { value: string }): boolean => value === 'n-15' || value === 'n-29';
      const got = scene.collect({
        positions,
        maxBatchRecords: 10,
        handle: async (batch) => {
          // As a filter of the service does that answers an error instead of passing it on.
          if (batch.records.some(swallowed)) return;
          if (batch.records.some(isBad)) throw new OrreryError('ORRERY_VALIDATION', 'bad');
          positions.commit(scene.groupId, batch);
        },
      });
      await scene.append(numbered('n', 30));
      const consumer = await scene.log.subscribe(got.subscription);
      await eventually(() => expect(consumer.reason()).toContain('is at 10 and not at 20'));
      isSwallowing = false;

      await eventually(async () => expect(await scene.deadLetters()).toHaveLength(2));
      await eventually(() => expect(positions.results).toEqual(numbered('n', 30).filter((value) => !isBad({ value }))));
      await eventually(() => expect(consumer.state()).toBe('running'));
    });

    it('notices also of the last batch that it was not done', async () => {
      await scene.createTopic(1);
      let isSwallowing = true;
      const got = scene.collect({ positions, handle: async (batch) => (isSwallowing ? undefined : positions.commit(scene.groupId, batch)) });
      await scene.append(numbered('n', 5));
      const consumer = await scene.log.subscribe(got.subscription);
      await eventually(() => expect(consumer.reason()).toContain('is at 0 and not at 5'));
      isSwallowing = false;

      await eventually(() => expect(positions.results).toEqual(numbered('n', 5)));
      await eventually(() => expect(consumer.state()).toBe('running'));
      expect(await scene.deadLetters()).toEqual([]);
    });

    it('begins anew when its memory is gone, whatever the log remembers', async () => {
      await scene.createTopic(1);
      await scene.append(numbered('n', 6));
      const first = await scene.log.subscribe(scene.collect({ positions, handle: async (batch) => positions.commit(scene.groupId, batch) }).subscription);
      await eventually(async () => expect(await scene.lag()).toBe(0));
      await first.stop();
      const anew = new RememberedPositions();
      await scene.openLog().subscribe(scene.collect({ positions: anew, handle: async (batch) => anew.commit(scene.groupId, batch) }).subscription);

      await eventually(() => expect(anew.results).toEqual(numbered('n', 6)));
    });

    it('replays after a seek, which moves the position too', async () => {
      await scene.createTopic(1);
      await scene.append(numbered('n', 6));
      const got = scene.collect({ positions, handle: async (batch) => positions.commit(scene.groupId, batch) });
      const consumer = await scene.log.subscribe(got.subscription);
      await eventually(() => expect(positions.results).toHaveLength(6));
      await consumer.seek({ topic: scene.topic, partition: 0 }, 3n);

      await eventually(() => expect(positions.results.slice(6)).toEqual(numbered('n', 6).slice(3)));
    });

    it('breaks rather than guess when the position lies past the end of the log', async () => {
      await scene.createTopic(1);
      await scene.append(['n']);
      await positions.reset(scene.groupId, { topic: scene.topic, partition: 0 }, 1_000n);
      const consumer = await scene.log.subscribe(scene.collect({ positions }).subscription);

      await eventually(() => expect(consumer.state()).toBe('broken'));
      expect(consumer.reason()).toContain('is at 1000');
    });
  });
}
