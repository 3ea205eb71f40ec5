import { fromBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MetricSampledSchema, metricSampledTopic, SampleKind, workflowIdOf, type ExecutionRecord, type MetricSampled, type SampleSchema } from '@orrery/contracts';
import type { TestStore } from '@orrery/testing';
import { eventStoreServiceOn } from '../src/event-store.module.js';
import type { EventStoreService } from '../src/event-store.service.js';
import { at, RunTeller } from './records.js';
import { batchOf, openStore } from './store-scene.js';

let scene: TestStore;
let service: EventStoreService;
let nextOffset = 0n;

beforeAll(async () => {
  scene = await openStore();
  service = eventStoreServiceOn(scene.database, Date.now);
});
afterAll(() => scene.close());

async function apply(...records: readonly ExecutionRecord[]): Promise<void> {
  await service.apply(batchOf(records, nextOffset));
  nextOffset += BigInt(records.length);
}

/** The facts about what gauges of a run showed. */
async function factsOf(teller: RunTeller): Promise<readonly (MetricSampled & { readonly key: string })[]> {
  const rows = await scene.rows<{ key: Buffer; value: Buffer }>('select key, value from outbox where topic = $1 order by outbox_id', [metricSampledTopic.name]);
  return rows.map(({ key, value }) => ({ ...fromBinary(MetricSampledSchema, value), key: key.toString() })).filter(({ run }) => run?.runId === teller.runId);
}

const pointsOf = (fact: MetricSampled) => Object.fromEntries(fact.series.map(({ task, name, points }) => [`${task} ${name}`.trim(), points.map(({ value }) => value)]));

/** A reading of a task's memory, unless told otherwise. */
function reading(teller: RunTeller, seconds: number, value: number, told: MessageInitShape<typeof SampleSchema> = {}): ExecutionRecord {
  const sampleId = teller.event(`${seconds} ${value} ${told.name ?? ''} ${told.taskId ?? ''}`);
  return teller.record({ samples: [{ sampleId, taskId: teller.task('a'), name: 'memory_bytes', unit: 'By', kind: SampleKind.GAUGE, value, occurredAtMs: at(seconds), ...told }] });
}

function begun(teller: RunTeller, workflow = 'release'): ExecutionRecord {
  return teller.record({ run: { runId: teller.runId, engine: 'orrery', namespace: 'team', workflow, startedAtMs: at(0) }, tasks: [{ taskId: teller.task('a'), name: 'build' }] });
}

describe('the fact of what gauges showed', () => {
  it('holds all new readings of a run and batch in order of time, under the key of the workflow', async () => {
    const teller = new RunTeller('gauges');
    await apply(begun(teller), reading(teller, 3, 12), reading(teller, 1, 10), reading(teller, 2, 40, { taskId: '', name: 'queue_length', unit: '{run}' }));
    // The task is known from before, and no reading is the largest of it: its row does not change.
    await apply(reading(teller, 4, 11));

    const facts = await factsOf(teller);
    expect(facts.map(pointsOf)).toEqual([{ 'build memory_bytes': [10, 12], queue_length: [40] }, { 'build memory_bytes': [11] }]);
    expect(facts[0]).toMatchObject({ tenantId: 'default', key: workflowIdOf({ tenantId: 'default', engine: 'orrery', namespace: 'team', workflow: 'release' }), run: { engine: 'orrery', workflow: 'release' } });
    expect(facts[0]?.series[0]).toMatchObject({ taskId: teller.task('a'), unit: 'By', points: [{ atMs: at(1) }, { atMs: at(3) }] });
    expect(new Set(facts.map(({ factId }) => factId)).size).toBe(2);
  });

  it('is published once, however often the readings come', async () => {
    const teller = new RunTeller('repeats');
    await apply(begun(teller), reading(teller, 1, 10), reading(teller, 1, 10));
    await apply(reading(teller, 1, 10), reading(teller, 2, 11));
    await apply(reading(teller, 2, 11));

    expect((await factsOf(teller)).map(pointsOf)).toEqual([{ 'build memory_bytes': [10] }, { 'build memory_bytes': [11] }]);
  });

  it('is not published for runs of no workflow, tasks of no name, sums, totals or readings without a time', async () => {
    const nameless = new RunTeller('nameless');
    await apply(reading(nameless, 1, 10));
    const teller = new RunTeller('other kinds');
    await apply(
      begun(teller),
      reading(teller, 1, 10, { taskId: teller.task('unknown') }),
      reading(teller, 2, 10, { kind: SampleKind.SUM }),
      reading(teller, 3, 10, { name: 'peak_memory_bytes' }),
      reading(teller, 4, 10, { occurredAtMs: undefined }),
    );

    expect([...(await factsOf(nameless)), ...(await factsOf(teller))]).toEqual([]);
    expect(await scene.rows('select from sample where run_id = $1', [teller.runId])).toHaveLength(4);
  });

  it('is divided when there are more than a thousand readings, and loses none', async () => {
    const teller = new RunTeller('many');
    const samples = Array.from({ length: 2400 }, (_, index) => reading(teller, index, index).samples[0]!);
    await apply(begun(teller), teller.record({ samples }));

    const facts = await factsOf(teller);
    expect(facts.map(({ series }) => series[0]?.points.length)).toEqual([1000, 1000, 400]);
    expect(facts.flatMap(({ series }) => series[0]?.points.map(({ value }) => value))).toEqual(samples.map(({ value }) => value));
  });
});
