import { setTimeout as sleep } from 'node:timers/promises';
import { create, toBinary } from '@bufbuild/protobuf';
import { ExecutionRecordSchema, executionTopic, recordIdOf, runIdOf } from '@orrery/contracts';
import { createEventLog, type OutgoingRecord } from '@orrery/event-log';
import { startPlatform, type PlatformOptions } from '../harness/platform.js';
import { progress } from '../harness/report.js';
import { caseResult, countDeadLetters, type CaseResult } from './case-result.js';
import { drained, audit } from './ledger.js';

const poisonEvery = 100;

/** What a record can be that nobody can store: not the promised message, of a tenant that cannot be, or text that jsonb refuses. */
function poison(index: number): Uint8Array | null {
  const good = { recordId: recordIdOf('default', 'poison', String(index)), tenantId: 'default', receivedAtMs: Date.now() };
  const runId = runIdOf({ tenantId: 'default', engine: 'orrery', source: 'poison', externalId: String(index) });
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

/** Some records of the log cannot be stored: each of them goes to the dead letters, each neighbour into the store. */
export async function poisonedLog(options: PlatformOptions & { databaseUrl: string; topicPrefix: string }, total: number): Promise<CaseResult> {
  const platform = await startPlatform(options);
  const log = createEventLog({
    databaseUrl: options.databaseUrl,
    kafkaBrokers: options.kafkaBrokers === undefined ? [] : [options.kafkaBrokers],
    topicPrefix: options.topicPrefix,
    clientId: 'bench',
  });
  const before = await countDeadLetters(platform.url);
  const good = new Set<string>();
  let records: OutgoingRecord[] = [];
  let poisoned = 0;
  for (let index = 0; index < total; index += 1) {
    const runId = runIdOf({ tenantId: 'default', engine: 'orrery', source: 'urn:orrery:poison', externalId: `run-${index % 200}` });
    if (index % poisonEvery === poisonEvery - 1) {
      records.push({ topic: executionTopic.name, key: runId, value: poison(poisoned) });
      poisoned += 1;
    } else {
      const recordId = recordIdOf('default', 'urn:orrery:poison', String(index));
      good.add(recordId);
      const value = create(ExecutionRecordSchema, {
        recordId,
        tenantId: 'default',
        runId,
        receivedAtMs: Date.now(),
        occurredAtMs: Date.parse('2026-11-01T00:00:00Z') + index,
        origin: { format: 'orrery', type: 'bench', source: 'urn:orrery:poison', externalId: String(index) },
        run: { runId, engine: 'orrery', source: 'urn:orrery:poison', externalId: `run-${index % 200}`, attempt: 1, workflow: 'poison' },
        raw: { body: new TextEncoder().encode('{}'), contentType: 'application/json' },
      });
      records.push({ topic: executionTopic.name, key: runId, value: toBinary(ExecutionRecordSchema, value) });
    }
    if (records.length === 500 || index === total - 1) {
      await log.append(records);
      records = [];
    }
  }
  await log.close();
  progress(`${total} records appended, ${poisoned} of them bad`);
  const isDrained = await drained(options.databaseUrl, good);
  const deadline = performance.now() + 60_000;
  let deadLettered = 0;
  while (deadLettered < poisoned && performance.now() < deadline) {
    await sleep(300);
    deadLettered = (await countDeadLetters(platform.url)) - before;
  }
  const found = await audit(options.databaseUrl, good);
  await platform.stop();
  return caseResult(`1 % poison in ${total}`, { ...found, deadLettered, expectedDeadLettered: poisoned, isOk: isDrained });
}
