import { fromBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Outcome, Status, TaskFinishedSchema, taskFinishedTopic, type ExecutionEventSchema, type ExecutionRecord } from '@orrery/contracts';
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

/** The error lines of the facts about a run's task attempts, by task and attempt. */
async function errorLines(teller: RunTeller): Promise<Readonly<Record<string, readonly string[]>>> {
  const rows = await scene.rows<{ value: Buffer }>('select value from outbox where topic = $1', [taskFinishedTopic.name]);
  const facts = rows.map(({ value }) => fromBinary(TaskFinishedSchema, value)).filter(({ run }) => run?.runId === teller.runId);
  return Object.fromEntries(facts.map(({ task, errorLines }) => [`${task?.name} ${task?.attempt}`, errorLines]));
}

let logged = 0;
/** An error that a task logs, unless told otherwise. */
function log(teller: RunTeller, seconds: number, said: MessageInitShape<typeof ExecutionEventSchema>): ExecutionRecord {
  logged += 1;
  return teller.record({ occurredAtMs: at(seconds), events: [{ eventId: teller.event(`log-${logged}`), taskId: teller.task('a'), kind: 'log', severityNumber: 17, startedAtMs: at(seconds), ...said }] });
}

function attempt(teller: RunTeller, number: number, told: { readonly startedAtMs?: number; readonly finishedAtMs?: number }, name = 'a'): ExecutionRecord {
  const outcome = told.finishedAtMs === undefined ? {} : { status: Status.FINISHED, outcome: Outcome.FAILURE };
  return teller.record({ tasks: [{ taskId: teller.task(name), name, attempt: number, ...told, ...outcome }] });
}

describe('the error lines of an attempt that ended', () => {
  it('are those of its task in time order, from its own batch and from earlier ones; later ones are missed', async () => {
    const teller = new RunTeller('lines');
    await apply(log(teller, 2, { output: 'second' }));
    await apply(attempt(teller, 1, { startedAtMs: at(0), finishedAtMs: at(9) }), log(teller, 1, { output: ' first\n' }), log(teller, 3, { input: 'third' }));
    await apply(log(teller, 4, { output: 'too late' }));

    expect(await errorLines(teller)).toEqual({ 'a 1': ['first', 'second', 'third'] });
  });

  it('leave out what is no error, no log, of another task or empty', async () => {
    const teller = new RunTeller('others');
    await apply(
      log(teller, 1, { output: 'a warning', severityNumber: 16 }),
      log(teller, 1, { output: 'no severity', severityNumber: 0 }),
      log(teller, 1, { output: 'a call', kind: 'tool_call' }),
      log(teller, 1, { output: 'of b', taskId: teller.task('b') }),
      log(teller, 1, { output: 'of nobody', taskId: '' }),
      log(teller, 1, { output: ' \n\t ' }),
      log(teller, 2, { output: 'fatal', severityNumber: 24 }),
      attempt(teller, 1, { finishedAtMs: at(9) }),
      attempt(teller, 1, { finishedAtMs: at(9) }, 'b'),
      attempt(teller, 1, { finishedAtMs: at(9) }, 'c'),
    );

    expect(await errorLines(teller)).toEqual({ 'a 1': ['fatal'], 'b 1': ['of b'], 'c 1': [] });
  });

  it('are divided among attempts by the start of the next one', async () => {
    const teller = new RunTeller('attempts');
    await apply(
      log(teller, 1, { output: 'one' }),
      log(teller, 6, { output: 'one, told after its end' }),
      log(teller, 10, { output: 'two' }),
      attempt(teller, 1, { startedAtMs: at(2), finishedAtMs: at(5) }),
      attempt(teller, 2, { startedAtMs: at(10), finishedAtMs: at(15) }),
    );

    expect(await errorLines(teller)).toEqual({ 'a 1': ['one', 'one, told after its end'], 'a 2': ['two'] });
  });

  it('are the last twenty, and of long texts the beginning and the end', async () => {
    const teller = new RunTeller('many');
    const long = `Traceback${'😀'.repeat(400)}OSError: disk full`;
    await apply(...Array.from({ length: 30 }, (_, index) => log(teller, index, { output: index === 29 ? long : `line ${index}` })), attempt(teller, 1, { finishedAtMs: at(40) }));

    const lines = (await errorLines(teller))['a 1'] ?? [];

    expect(lines.slice(0, -1)).toEqual(Array.from({ length: 19 }, (_, index) => `line ${index + 10}`));
    expect(lines.at(-1)).toMatch(/^Traceback😀+…😀+OSError: disk full$/u);
    expect([...(lines.at(-1) ?? '')]).toHaveLength(300);
  });

  it('stay with the tenant', async () => {
    const [one, other] = [new RunTeller('shared', 'team-a'), new RunTeller('shared', 'team-b')];
    await apply(...[one, other].flatMap((teller) => [log(teller, 1, { output: `of ${teller.tenantId}` }), attempt(teller, 1, { finishedAtMs: at(2) })]));

    expect(await errorLines(one)).toEqual({ 'a 1': ['of team-a'] });
    expect(await errorLines(other)).toEqual({ 'a 1': ['of team-b'] });
  });
});
