import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Outcome, runFinishedTopic, runStartedTopic, Status, taskFinishedTopic, type ExecutionRecord } from '@orrery/contracts';
import type { TestStore } from '@orrery/testing';
import fc from 'fast-check';
import { canonicalJson } from '../src/domain/attributes.js';
import type { Progress } from '../src/domain/progress.js';
import { traceOf } from '../src/domain/trace.js';
import { tallyOfTrace } from '../src/domain/trace-tally.js';
import { eventStoreServiceOn } from '../src/event-store.module.js';
import type { EventStoreService } from '../src/event-store.service.js';
import { TraceDatabase } from '../src/reading/trace-database.js';
import { runIdFor, someRecords } from './arbitrary-records.js';
import { at, RunTeller } from './records.js';
import { batchOf, openStore } from './store-scene.js';
import { storedTrace } from './stored-trace.js';

let scene: TestStore;
let service: EventStoreService;
let nextOffset = 0n;

beforeAll(async () => {
  scene = await openStore();
  service = eventStoreServiceOn(scene.database, Date.now);
});
afterAll(() => scene.close());

/** Applies records as the next batch of the partition. */
async function apply(records: readonly ExecutionRecord[]): Promise<void> {
  await service.apply(batchOf(records, nextOffset));
  nextOffset += BigInt(records.length);
}

const outbox = (topic: string) => scene.rows('select key from outbox where topic = $1', [topic]);

describe('a run in the database', () => {
  it('is what the pure join makes of its records, for any order, repeats and batches', async () => {
    let runs = 0;
    const someDelivery = fc.nat().chain(() => {
      const name = `run-${(runs += 1)}`;
      return someRecords(name).chain((records) =>
        fc.record({
          name: fc.constant(name),
          records: fc.constant(records),
          delivered: fc.shuffledSubarray([...records, ...records], { minLength: records.length }).filter((delivered) => records.every((record) => delivered.includes(record))),
          batchSize: fc.integer({ min: 1, max: 6 }),
        }),
      );
    });

    await fc.assert(
      fc.asyncProperty(someDelivery, async ({ name, records, delivered, batchSize }) => {
        const factCounts = async () => {
          const rows = await scene.rows<{ topic: string; count: number }>('select topic, count(*)::int from outbox group by topic');
          return [runStartedTopic, taskFinishedTopic, runFinishedTopic].map(({ name }) => rows.find(({ topic }) => topic === name)?.count ?? 0);
        };
        const before = await factCounts();
        for (let from = 0; from < delivered.length; from += batchSize) await apply(delivered.slice(from, from + batchSize));

        const runId = runIdFor(name);
        const expected = traceOf(runId, records);
        const stored = await new TraceDatabase(scene.database).readRun('default', runId, storedTrace);
        expect(plain(stored.trace)).toEqual(plain(expected));
        const tallies = tallyOfTrace(expected);
        const filled = [...tallies.contentByTask].filter(([, { events, artifacts }]) => events + artifacts > 0);
        expect(stored.tallies).toEqual({ ...tallies, contentByTask: new Map(filled) });
        expect(stored.recordCount).toBe(records.length);
        const finished = [...expected.tasks.values()].flatMap(({ attempts }) => attempts).filter(({ progress }) => isOver(progress));
        const after = await factCounts();
        expect(after.map((count, index) => count - (before[index] ?? 0))).toEqual([Number(hasBegun(expected.run.progress)), finished.length, Number(isOver(expected.run.progress))]);
      }),
      { numRuns: 120, endOnFailure: true },
    );
  });
});

describe('a batch', () => {
  it('that was applied already is refused and changes nothing', async () => {
    const teller = new RunTeller('again');
    const batch = batchOf([teller.record({ events: [{ eventId: teller.event('e'), kind: 'log' }] })], nextOffset);
    await service.apply(batch);
    nextOffset = batch.nextOffset;

    await expect(service.apply(batch)).rejects.toMatchObject({ code: 'ORRERY_CONFLICT' });

    expect(await scene.rows('select event_count::int from run where run_id = $1', [teller.runId])).toEqual([{ event_count: 1 }]);
  });

  it('with one record that cannot be stored leaves nothing behind, not even its position', async () => {
    const teller = new RunTeller('poison');
    const good = teller.record({ tasks: [{ taskId: teller.task('a'), status: Status.FINISHED, outcome: Outcome.SUCCESS }] });
    const bad = teller.record({ events: [{ eventId: teller.event('e'), attributesJson: '{"text":"\\u0000"}' }] });
    const facts = (await outbox(taskFinishedTopic.name)).length;

    await expect(service.apply(batchOf([good, bad], nextOffset))).rejects.toMatchObject({ code: 'ORRERY_VALIDATION', retriable: false });

    expect(await scene.rows('select 1 from run where run_id = $1', [teller.runId])).toEqual([]);
    expect((await outbox(taskFinishedTopic.name)).length).toBe(facts);
    await apply([good]);
    expect((await outbox(taskFinishedTopic.name)).length).toBe(facts + 1);
  });

  it.each([
    ['a NUL in a text', (teller: RunTeller) => ({ run: { runId: teller.runId, workflow: 'a\u0000b' } })],
    ['half a surrogate pair in a label', (teller: RunTeller) => ({ run: { runId: teller.runId, labels: { key: '\ud800' } } })],
    ['attributes that are no JSON', (teller: RunTeller) => ({ artifacts: [{ artifactId: teller.event('a'), attributesJson: '{' }] })],
    ['an id that is no id', () => ({ tasks: [{ taskId: 'task one' }] })],
    ['a NUL in what a message says', (teller: RunTeller) => ({ messages: [{ messageId: teller.event('m'), content: '\u0000' }] })],
  ])('with %s is refused as a whole', async (_name, statements) => {
    const teller = new RunTeller('trap');

    await expect(service.apply(batchOf([teller.record(statements(teller))], nextOffset))).rejects.toMatchObject({ code: 'ORRERY_VALIDATION' });
  });

  it('may hold records of several tenants, each of which sees its own', async () => {
    const [one, other] = [new RunTeller('shared', 'team-a'), new RunTeller('shared', 'team-b')];
    await apply([one.record({ run: { runId: one.runId, workflow: 'a' } }), other.record({ run: { runId: other.runId, workflow: 'b' } })]);

    const traces = new TraceDatabase(scene.database);
    await expect(traces.readRun('team-a', one.runId, async (_transaction, { run }) => run.workflow)).resolves.toBe('a');
    await expect(traces.readRun('team-a', other.runId, async (_transaction, { run }) => run.workflow)).rejects.toMatchObject({ code: 'ORRERY_NOT_FOUND' });
  });

  it('that claims another tenant\'s run is refused', async () => {
    const teller = new RunTeller('theirs', 'team-a');
    await apply([teller.record({ run: { runId: teller.runId, workflow: 'a' } })]);
    const forged = { ...teller.record({ run: { runId: teller.runId, workflow: 'z' } }), tenantId: 'team-b' };

    await expect(service.apply(batchOf([forged], nextOffset))).rejects.toMatchObject({ code: 'ORRERY_FORBIDDEN', retriable: false });
  });
});

describe('a record', () => {
  it('that speaks of no run is kept as it came', async () => {
    const teller = new RunTeller('none');
    const record = { ...teller.record({ flags: ['unrecognised'] }), runId: '' };

    await apply([record, record]);

    expect(await scene.rows('select tenant_id from record where record_id = $1', [record.recordId])).toEqual([{ tenant_id: 'default' }]);
    expect(await scene.rows(`select from run where run_id = '00000000-0000-0000-0000-000000000000'`)).toEqual([]);
  });

  it('lies where its run lies, whatever time it tells', async () => {
    const teller = new RunTeller('long');
    const receivedAtMs = Date.UTC(2024, 4, 31);
    await apply([
      teller.record({ receivedAtMs, occurredAtMs: 0, events: [{ eventId: teller.event('1'), startedAtMs: 0 }] }),
      teller.record({ receivedAtMs: Date.UTC(2024, 5, 1), occurredAtMs: Date.UTC(2999, 0, 1), events: [{ eventId: teller.event('2'), startedAtMs: Date.UTC(2999, 0, 1) }] }),
    ]);

    const partitions = await scene.rows('select distinct tableoid::regclass::text as partition from (select tableoid from record where run_id = $1 union select tableoid from execution_event where run_id = $1) x order by 1', [teller.runId]);
    expect(partitions).toEqual([{ partition: 'execution_event_2024_05' }, { partition: 'record_2024_05' }]);
  });

  it('received at no believable time lies in a partition of its own', async () => {
    const teller = new RunTeller('clockless');
    await apply([teller.record({ receivedAtMs: Date.UTC(2999, 0, 1), events: [{ eventId: teller.event('1'), startedAtMs: at(0) }] })]);

    expect(await scene.rows('select tableoid::regclass::text as partition from record where run_id = $1', [teller.runId])).toEqual([{ partition: 'record_undated' }]);
  });
});

/** Whether anything that was told says that it ran, or that it ended. */
function hasBegun(progress: Progress): boolean {
  const { status, startedAtUs } = progress;
  return isOver(progress) || startedAtUs !== null || status?.status === Status.RUNNING || status?.status === Status.PAUSED;
}

/** Whether anything that was told says that it ended. */
function isOver({ status, ending, finishedAtUs }: Progress): boolean {
  return status?.status === Status.FINISHED || ending !== null || finishedAtUs !== null;
}

/** A trace in a form that compares equal when it says the same: attributes in canonical JSON, everything in the order of ids. */
function plain(trace: ReturnType<typeof traceOf>) {
  const sorted = <State extends object>(states: ReadonlyMap<string, State>) =>
    [...states].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, state]) => [id, 'attributes' in state && typeof state.attributes === 'string' ? { ...state, attributes: canonicalJson(JSON.parse(state.attributes)) } : state]);
  return { run: trace.run, tasks: sorted(trace.tasks), events: sorted(trace.events), artifacts: sorted(trace.artifacts), messages: sorted(trace.messages), samples: sorted(trace.samples) };
}
