import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import pg from 'pg';
import { testDatabase, type TestDatabase } from '@orrery/testing';
import { outboxStatements } from '../src/index.js';
import { eventually } from '../src/testing/contract-scene.js';
import { Storm, stormSchema, type Hiccup, type Outcome, type Weather } from './storm.js';

const calmRounds = 2;
const deadlyRounds = 1;
const maxMembers = 4;

/** What a handler's own faults are; none of them needs a second member. */
const faults: readonly Hiccup[] = [
  ...Array<Hiccup>(10).fill('none'),
  ...(['refused before', 'refused before', 'away', 'bug', 'throws at once', 'swallowed', 'rolled back', 'answer lost', 'bug after commit', 'refused after commit'] as const),
];

/** Numbers in [0, 1) that a seed decides (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * What each record that is not as it should be has become. Where members die, one may have dead-lettered what it could not tell any
 * more, and what failed for no fault of its own is then handled by the next.
 */
function wronged({ appended, handled, deadLettered }: Outcome, membersDie: boolean): readonly string[] {
  return appended.flatMap((name) => {
    const [done, dead] = [handled.get(name) ?? 0, deadLettered.get(name) ?? 0];
    const isDecided = membersDie ? done <= 1 && done + dead >= 1 : done + dead === 1;
    return isDecided && (name.includes(' good ') || done === 0) ? [] : [`${name}: handled ${done} times, dead-lettered ${dead} times`];
  });
}

describe('a group whose handlers keep the position with their results', () => {
  let database: TestDatabase;
  let topics = 0;
  beforeAll(async () => {
    database = await testDatabase();
    const client = new pg.Client(database.url);
    await client.connect();
    await client.query(`create schema ${stormSchema}; ${outboxStatements(stormSchema).join(';')}; create table ${stormSchema}.result (topic text not null, record text not null)`);
    await client.end();
  });
  afterAll(() => database.drop());

  async function survive(weather: Weather, during: (storm: Storm) => Promise<void>): Promise<Outcome> {
    const storm = new Storm(database.url, `spec.storm-${(topics += 1)}`, weather);
    try {
      await storm.start();
      await storm.append(150);
      await storm.join();
      await during(storm);
      storm.calm();
      if (storm.memberCount === 0) await storm.join();
      await eventually(async () => expect(await storm.isDone()).toBe(true));
      return await storm.outcome();
    } finally {
      await storm.close();
    }
  }

  it('handles or dead-letters each record exactly once, however its handler fails', async () => {
    const oneRound = async (seed: number): Promise<void> => {
      const outcome = await survive({ random: randomFrom(seed), hiccups: faults, sessionTimeoutMs: 10_000 }, async (storm) => {
        for (let step = 0; step < 5; step += 1) {
          await sleep(100);
          await storm.append(50);
        }
      });
      expect(wronged(outcome, false)).toEqual([]);
      expect(outcome.appended).toHaveLength(400);
    };
    await fc.assert(fc.asyncProperty(fc.integer(), oneRound), { numRuns: calmRounds, endOnFailure: true });
  });

  it('handles each record once or dead-letters it, also while members join, leave, hang and are killed', async () => {
    const oneRound = async (seed: number): Promise<void> => {
      const random = randomFrom(seed);
      const outcome = await survive({ random, hiccups: [...faults, 'slow', 'slow'], sessionTimeoutMs: 600 }, async (storm) => {
        for (let step = 0; step < 12; step += 1) {
          await sleep(20 + random() * 200);
          await storm.append(20);
          const choice = random();
          if (storm.memberCount === 0 || (choice < 0.4 && storm.memberCount < maxMembers)) await storm.join();
          else if (choice < 0.6) storm.kill();
          else if (choice < 0.75) await storm.leave();
          else storm.cutConnections();
        }
      });
      expect(wronged(outcome, true)).toEqual([]);
      expect(outcome.appended).toHaveLength(390);
    };
    await fc.assert(fc.asyncProperty(fc.integer(), oneRound), { numRuns: deadlyRounds, endOnFailure: true });
  });
});
