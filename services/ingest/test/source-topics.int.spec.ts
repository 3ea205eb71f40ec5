import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { deadLetterTopicOf } from '@orrery/contracts';
import { fromDeadLetter, type OutgoingRecord } from '@orrery/event-log';
import type { SourceTopic } from '../src/index.js';
import { eventually, IngestScene } from './ingest-scene.js';

const fixture = (path: string): Buffer => readFileSync(new URL(`../../../fixtures/${path}`, import.meta.url));
const lineage = fixture('airflow-openlineage/0001-api-v1-lineage.json');
const traces = fixture('ag2-success/0001-v1-traces.pb');
const prefect = fixture('prefect-events/0001-api-v1-webhooks-prefect.json');
const cloudEvent = (id: string) => Buffer.from(JSON.stringify({ specversion: '1.0', id, source: 'urn:app', type: 'dev.orrery.execution.v1', data: { run: { id: 'run-1' } } }));

const mixed: SourceTopic = { topic: 'mixed', tenantId: 'team-a' };
const own: SourceTopic = { topic: 'own', tenantId: 'default' };
const spans: SourceTopic = { topic: 'otlp_spans', format: 'otlp_traces', tenantId: 'team-b' };

describe('a topic of another producer', () => {
  let scene: IngestScene;
  beforeAll(async () => {
    scene = await IngestScene.open({ sources: [mixed, own, spans] });
  });
  afterAll(() => scene.close());
  afterEach(() => scene.takeLogged());

  const send = (topic: string, records: readonly Omit<OutgoingRecord, 'topic' | 'key'>[]): Promise<void> => scene.log.append(records.map((record) => ({ topic, key: null, ...record })));
  const allRead = (topic: string): Promise<void> =>
    eventually(async () => expect((await scene.log.lag(`orrery-ingest.${topic}`, [topic])).map(({ lag }) => lag)).toEqual([0n, 0n]));

  describe('when its format is auto', () => {
    it('is told by headers and content, and becomes records of its tenant, keyed by run', async () => {
      const ceHeaders = { ce_specversion: '1.0', ce_id: 'k-1', ce_source: 'urn:app', ce_type: 'dev.orrery.execution.v1', 'content-type': 'application/json' };
      await send('mixed', [
        { value: lineage },
        { value: cloudEvent('k-0'), headers: { 'content-type': 'application/cloudevents+json' } },
        { value: Buffer.from('{"run":{"id":"run-1"}}'), headers: ceHeaders },
        { value: prefect },
        { value: null },
        { value: Buffer.from('not json') },
      ]);
      await allRead('mixed');
      const logged = await scene.takeLogged();

      expect(logged.map(({ record }) => record.origin?.format).sort()).toEqual(['openlineage', 'orrery', 'orrery', 'prefect', 'unrecognised']);
      for (const { record, key } of logged) {
        expect(record).toMatchObject({ tenantId: 'team-a', origin: { transport: expect.stringMatching(/^mixed\/[01]\/\d+$/) } });
        expect(key).toBe(record.runId === '' ? record.recordId : record.runId);
      }
    });

    it('loses a poison record to the dead letters, as it was, and nothing else', async () => {
      const poison = Buffer.from('{"a":');
      const deep = Buffer.from('['.repeat(500) + ']'.repeat(500));
      const records = Array.from({ length: 40 }, (_, index) => ({ value: cloudEvent(`flow-${index}`) }));
      await send('mixed', [...records.slice(0, 20), { value: poison, headers: { note: 'n' } }, { value: deep }, ...records.slice(20)]);
      await allRead('mixed');
      const ids = (await scene.takeRecords()).map(({ origin }) => origin?.externalId);
      const dead = await scene.log.read({ topic: deadLetterTopicOf('mixed').name, partition: 0 }, 0n, 10);

      expect(ids.sort()).toEqual(records.map((_, index) => `flow-${index}`).sort());
      expect(dead.map(({ value }) => Buffer.from(value ?? []).toString()).sort()).toEqual([deep.toString(), poison.toString()].sort());
      expect(dead.map((record) => fromDeadLetter(record)?.errorCode)).toEqual(['ORRERY_VALIDATION', 'ORRERY_VALIDATION']);
      expect(dead.find(({ value }) => Buffer.from(value ?? []).equals(poison))?.headers).toMatchObject({ note: 'n' });
    });

    it('gives the same record id as over HTTP, so that both ways together change nothing', async () => {
      await send('own', [{ value: prefect, headers: { 'content-type': 'application/json' } }]);
      await allRead('own');
      const [fromTopic] = await scene.takeRecords();
      await scene.post('/api/v1/webhooks/prefect', prefect, { 'content-type': 'application/json' });
      const [fromHttp] = await scene.takeRecords();

      expect(fromTopic?.recordId).toBe(fromHttp?.recordId);
      expect([fromTopic?.run, fromTopic?.raw]).toEqual([fromHttp?.run, fromHttp?.raw]);
    });
  });

  it('is read as its configured format, in protobuf too', async () => {
    await send('otlp_spans', [{ value: traces }, { value: Buffer.from('ffffffff0f', 'hex') }]);
    await allRead('otlp_spans');
    const records = await scene.takeRecords();

    expect(records.length).toBeGreaterThan(0);
    for (const record of records) expect(record).toMatchObject({ tenantId: 'team-b', origin: { format: 'otlp_traces' } });
    expect(await scene.log.read({ topic: deadLetterTopicOf('otlp_spans').name, partition: 0 }, 0n, 10)).toHaveLength(1);
  });

  it('waits while the log is away, and loses nothing to the dead letters', async () => {
    const deadBefore = (await scene.log.offsets(deadLetterTopicOf('mixed').name))[0]?.end;
    await send('mixed', Array.from({ length: 200 }, (_, index) => ({ value: cloudEvent(`away-${index}`) })));
    for (let round = 0; round < 3; round += 1) {
      await scene.cable.cut();
      await new Promise((resolve) => setTimeout(resolve, 60));
      await scene.cable.mend();
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    await allRead('mixed');
    const ids = new Set((await scene.takeRecords()).map(({ origin }) => origin?.externalId));

    expect(ids.size).toBe(200);
    expect((await scene.log.offsets(deadLetterTopicOf('mixed').name))[0]?.end).toBe(deadBefore);
  });
});
