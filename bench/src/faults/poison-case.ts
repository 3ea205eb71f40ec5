import { setTimeout as sleep } from 'node:timers/promises';
import { create, toBinary } from '@bufbuild/protobuf';
import { ExecutionRecordSchema, executionTopic, recordIdOf, runIdOf } from '@orrery/contracts';
import { createEventLog, type OutgoingRecord } from '@orrery/event-log';
import { startPlatform } from '../harness/platform.js';
import { progress } from '../harness/report.js';
import { caseResult, countDeadLetters, type CaseResult } from './case-result.js';
import type { FaultOptions } from './crash-cases.js';
import { audit, drained } from './ledger.js';

const poisonEvery = 100;
const runs = 200;
const appended = 500;
const source = 'urn:orrery:poison';
const tenantId = 'default';

/** What a record can be that nobody can store: not the promised message, nothing at all, or of ids that are none. */
function poison(index: number): Uint8Array | null {
  const good = { recordId: recordIdOf(tenantId, 'poison', String(index)), tenantId, receivedAtMs: Date.now() };
  const runId = runIdOf({ tenantId, engine: 'orrery', source: 'poison', externalId: String(index) });
  switch (index % 5) {
    case 0:
      return new TextEncoder().encode('{"not":"protobuf"}');
    case 1:
      return Uint8Array.from([0x0a, 0xff, 0xff, 0xff]);
    case 2:
      return null;
    case 3:
      return toBinary(ExecutionRecordSchema, create(ExecutionRecordSchema, { ...good, recordId: 'not-an-id', runId }));
    default:
      return toBinary(ExecutionRecordSchema, create(ExecutionRecordSchema, { ...good, runId: 'not-an-id' }));
  }
}

function goodRecord(index: number, recordId: string, run: { readonly runId: string; readonly externalId: string }): Uint8Array {
  const value = create(ExecutionRecordSchema, {
    recordId,
    tenantId,
    runId: run.runId,
    receivedAtMs: Date.now(),
    occurredAtMs: Date.parse('2026-11-01T00:00:00Z') + index,
    origin: { format: 'orrery', type: 'bench', source, externalId: String(index) },
    run: { ...run, engine: 'orrery', source, attempt: 1, workflow: 'poison' },
    raw: { body: new TextEncoder().encode('{}'), contentType: 'application/json' },
  });
  return toBinary(ExecutionRecordSchema, value);
}

/** One record in a hundred is bad; `good` are the ids of the others. */
function poisonedRecords(total: number): { readonly records: readonly OutgoingRecord[]; readonly good: ReadonlySet<string>; readonly poisoned: number } {
  const records: OutgoingRecord[] = [];
  const good = new Set<string>();
  let poisoned = 0;
  for (let index = 0; index < total; index += 1) {
    const externalId = `run-${index % runs}`;
    const runId = runIdOf({ tenantId, engine: 'orrery', source, externalId });
    const isBad = index % poisonEvery === poisonEvery - 1;
    const recordId = recordIdOf(tenantId, source, String(index));
    records.push({ topic: executionTopic.name, key: runId, value: isBad ? poison(poisoned) : goodRecord(index, recordId, { runId, externalId }) });
    if (isBad) poisoned += 1;
    else good.add(recordId);
  }
  return { records, good, poisoned };
}

/** Some records of the log cannot be stored: each of them goes to the dead letters, each neighbour into the store. */
export async function poisonedLog(options: FaultOptions & { readonly topicPrefix: string }, total: number): Promise<CaseResult> {
  const { databaseUrl, kafkaBrokers, topicPrefix } = options;
  const platform = await startPlatform(options);
  const buried = await countDeadLetters(platform.url);
  const { records, good, poisoned } = poisonedRecords(total);
  const log = createEventLog({ databaseUrl, kafkaBrokers: kafkaBrokers === undefined ? [] : [kafkaBrokers], topicPrefix, clientId: 'bench' });
  for (let from = 0; from < records.length; from += appended) await log.append(records.slice(from, from + appended));
  await log.close();
  progress(`${total} records appended, ${poisoned} of them bad`);
  const ledger = { source, acknowledged: good, executionEvents: 0 };
  const isDrained = await drained(databaseUrl, ledger);
  const deadline = performance.now() + 60_000;
  let deadLettered = 0;
  while (deadLettered < poisoned && performance.now() < deadline) {
    await sleep(300);
    deadLettered = (await countDeadLetters(platform.url)) - buried;
  }
  const found = await audit(databaseUrl, ledger);
  await platform.stop();
  return caseResult(`1 % poison in ${total}`, { ...found, deadLettered, expectedDeadLettered: poisoned, isOk: isDrained });
}
