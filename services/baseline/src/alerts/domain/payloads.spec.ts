import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { CloudEvent } from 'cloudevents';
import fc from 'fast-check';
import type { AlertMessage } from './alert-message.js';
import type { AlertableAnomaly } from './alertable-anomaly.js';
import { emailText } from './email-payload.js';
import { plainLine } from './plain-text.js';
import { mostSlackAlerts, slackBody } from './slack-payload.js';
import { storableAnomaly } from './storable-anomaly.js';
import { webhookBody } from './webhook-payload.js';
import { isWebhookSecret, signatureHeaders } from './webhook-signature.js';

const anomaly: AlertableAnomaly = {
  anomaly_id: 'a-1',
  tenant_id: 'team-a',
  type: 'duration',
  severity: 'warning',
  status: 'open',
  title: 'build is slow',
  text: 'build took 14 min, 3.4 x its usual 4 min 7 s, since 09:40',
  workflow: 'nightly',
  task: 'build',
  expected: '4 min 7 s',
  actual: '14 min',
  deviation: '3.4 x',
  detected_at_ms: Date.UTC(2024, 4, 1, 9, 40),
  run_ids: ['run-1'],
  url: 'https://orrery.example.org/anomalies/a-1',
};

function message(...anomalies: readonly Partial<AlertableAnomaly>[]): AlertMessage {
  const alerts = anomalies.map((given) => ({ kind: 'opened' as const, anomaly: { ...anomaly, ...given } }));
  return { deliveryId: '0b5b1a0e-5f4e-4c0b-9b5d-0f3f1f1f1f1f', tenantId: 'team-a', routeId: 'team', routeName: 'The team', createdAtMs: Date.UTC(2024, 4, 1, 9, 41), alerts, isTest: false };
}

const nasty = 'a\r\nBcc: victim@example.org\u0000\u202e<!channel> <https://evil.example|click> & \u001b[31m';

describe('a webhook', () => {
  it('is a CloudEvent with all alerts in it', () => {
    const body = webhookBody(message({}, { anomaly_id: 'a-2', severity: 'critical' }));
    const event = new CloudEvent<{ severity: string; alerts: { change: string; anomaly: AlertableAnomaly }[] }>(JSON.parse(body));

    expect(event).toMatchObject({ specversion: '1.0', id: message().deliveryId, type: 'orrery.anomaly.detected.v1', time: '2024-05-01T09:41:00.000Z', datacontenttype: 'application/json' });
    expect(event.data).toEqual({
      tenant_id: 'team-a',
      route_id: 'team',
      route_name: 'The team',
      is_test: false,
      severity: 'critical',
      alerts: [{ change: 'opened', anomaly }, { change: 'opened', anomaly: { ...anomaly, anomaly_id: 'a-2', severity: 'critical' } }],
    });
  });

  it('is signed over id, time and body', () => {
    const key = Buffer.alloc(32, 7);
    const secret = `whsec_${key.toString('base64')}`;

    expect(signatureHeaders(secret, { messageId: 'm-1', atMs: 1_714_564_800_999, body: '{}' })).toEqual({
      'webhook-id': 'm-1',
      'webhook-timestamp': '1714564800',
      'webhook-signature': `v1,${createHmac('sha256', key).update('m-1.1714564800.{}').digest('base64')}`,
    });
  });

  it('has the signature of the example in the specification of Standard Webhooks', () => {
    const signed = signatureHeaders('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', { messageId: 'msg_p5jXN8AQM9LWM0D4loKWxJek', atMs: 1_614_265_330_000, body: '{"test": 2432232314}' });

    expect(signed['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('takes secrets of 24 to 64 bytes', () => {
    const secret = (bytes: number) => `whsec_${Buffer.alloc(bytes, 1).toString('base64')}`;

    expect([24, 32, 64].map((bytes) => isWebhookSecret(secret(bytes)))).toEqual([true, true, true]);
    expect([secret(23), secret(65), secret(32).slice(6), `${secret(32)}!`, 'whsec_', ''].map(isWebhookSecret)).toEqual(Array(6).fill(false));
  });
});

describe('a message for Slack', () => {
  it('says what, how bad, where and how much', () => {
    const body = slackBody(message({}));

    expect(JSON.parse(body)).toMatchObject({ text: 'warning, new: build is slow', blocks: [{ type: 'header' }, { type: 'section' }] });
    expect(JSON.parse(body).blocks[1].text.text).toBe(
      ':warning: *<https://orrery.example.org/anomalies/a-1|build is slow>* (new)\nbuild took 14 min, 3.4 x its usual 4 min 7 s, since 09:40\nexpected 4 min 7 s, actual 14 min, deviation 3.4 x\nnightly / build, duration, 2024-05-01T09:40:00.000Z',
    );
  });

  it('mentions nobody and links nowhere, whatever a producer wrote', () => {
    const text = fc.oneof(fc.string({ maxLength: 60 }), fc.constant(nasty));
    fc.assert(
      fc.property(text, text, text, (title, workflow, value) => {
        const { blocks, text: fallback } = JSON.parse(slackBody(message({ title, text: value, workflow, task: value, expected: value, url: null })));
        for (const shown of [fallback, blocks[1].text.text]) {
          expect(shown).not.toMatch(/[<>]/);
          expect(shown).not.toMatch(/&(?!amp;|lt;|gt;)/);
        }
      }),
    );
  });

  it('keeps to the lengths of blocks', () => {
    const long = '&'.repeat(5000);
    const body = JSON.parse(slackBody(message(...Array.from({ length: 60 }, () => ({ title: long, text: long, workflow: long, expected: long, actual: long, deviation: long, url: `https://example.org/?${'&'.repeat(150)}` })))));

    expect(body.blocks.length).toBe(1 + mostSlackAlerts);
    expect(body.blocks[0].text.text.length).toBeLessThanOrEqual(150);
    for (const block of body.blocks.slice(1)) expect(block.text.text.length).toBeLessThanOrEqual(3000);
  });
});

describe('a mail', () => {
  it('says the same in plain text', () => {
    const { subject, text } = emailText(message({}));

    expect(subject).toBe('[Orrery] warning, new: build is slow');
    expect(text).toBe(
      'warning, new: build is slow\n  what: build took 14 min, 3.4 x its usual 4 min 7 s, since 09:40\n  where: nightly / build\n  type: duration\n  expected: 4 min 7 s\n  actual: 14 min\n  deviation: 3.4 x\n  detected: 2024-05-01T09:40:00.000Z\n  runs: run-1\n  link: https://orrery.example.org/anomalies/a-1\n\nSent by Orrery through the alert route "The team".\n',
    );
  });

  it('has a subject of one line, whatever a producer wrote', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 400 }), fc.constant(nasty)), (title) => {
        expect(emailText(message({ title })).subject).toMatch(/^[^\p{Cc}\u2028\u2029]{1,160}$/u);
      }),
    );
  });

  it('counts what it tells of when there is more than one', () => {
    expect(emailText(message({}, { severity: 'critical' })).subject).toBe('[Orrery] 2 anomalies in nightly, the gravest critical');
    expect(emailText(message({}, { workflow: 'other' })).subject).toBe('[Orrery] 2 anomalies in 2 workflows, the gravest warning');
  });
});

describe('a line', () => {
  it('is cut without breaking a character', () => {
    expect(plainLine('abc😀def', 5)).toBe('abc…');
    expect(plainLine('abc😀def', 6)).toBe('abc😀…');
  });
});

describe('an anomaly on its way into the database', () => {
  it('keeps what is fine as it is', () => {
    expect(storableAnomaly(anomaly)).toEqual(anomaly);
  });

  it('has nothing in it that the database refuses', () => {
    const dirty = storableAnomaly({ ...anomaly, title: 'a\u0000b\ud800', text: 'x'.repeat(10_000), detected_at_ms: Number.NaN, run_ids: Array(1000).fill('r') });

    expect(dirty).toMatchObject({ title: 'a\ufffdb\ufffd', detected_at_ms: 0 });
    expect(dirty.text).toHaveLength(4000);
    expect(dirty.run_ids).toHaveLength(20);
  });
});
