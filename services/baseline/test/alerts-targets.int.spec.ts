import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@orrery/testing';
import { AlertSender, type SendResult } from '../src/alerts/alert-sender.js';
import { AddressPolicy } from '../src/alerts/domain/address-policy.js';
import type { AlertMessage } from '../src/alerts/domain/alert-message.js';
import type { AlertTarget } from '../src/alerts/domain/alert-route.js';
import type { ResolveName } from '../src/alerts/guarded-request.js';
import { anomalyOf, Receiver, secret } from './alerts-scene.js';

let receiver: Receiver;
const open: Server[] = [];
const sockets = new Set<Socket>();

beforeAll(async () => {
  receiver = await Receiver.open();
});
afterEach(() => receiver.reset());
afterAll(async () => {
  await receiver.close();
  for (const socket of sockets) socket.destroy();
  await Promise.all(open.map((server) => new Promise((resolve) => server.close(resolve))));
});

const message: AlertMessage = {
  deliveryId: '0b5b1a0e-5f4e-4c0b-9b5d-0f3f1f1f1f1f',
  tenantId: 'team-a',
  routeId: 'team',
  routeName: 'team',
  createdAtMs: Date.UTC(2024, 4, 1),
  alerts: [{ kind: 'opened', anomaly: anomalyOf() }],
  isTest: false,
};
const webhook = (url: string): AlertTarget => ({ kind: 'webhook', url, secret });
type Given = { readonly allowed?: readonly string[]; readonly resolve?: ResolveName; readonly timeoutMs?: number };
const send = async (url: string, { allowed = [], ...rest }: Given = {}): Promise<SendResult> =>
  await new AlertSender({ policy: new AddressPolicy(allowed), now: Date.now, ...rest }).send(message, webhook(url));

/** A server that counts connections and treats each as it is told. */
async function rawServer(treat: (socket: Socket) => void): Promise<{ readonly port: number; readonly connections: () => number }> {
  let count = 0;
  const server = createServer((socket) => {
    count++;
    sockets.add(socket);
    socket.on('error', () => undefined);
    treat(socket);
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return { port: (server.address() as AddressInfo).port, connections: () => count };
}

/** A resolver that gives its answers one after the other. */
function resolver(...answers: readonly (readonly string[])[]): ResolveName & { calls: number } {
  const resolve = Object.assign(
    (_name: string, _options: { all: true }, done: Parameters<ResolveName>[2]) => {
      const addresses = answers[Math.min(resolve.calls++, answers.length - 1)] ?? [];
      done(null, addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
    },
    { calls: 0 },
  );
  return resolve;
}

describe('a target that is not public', () => {
  it.each([
    '127.0.0.1',
    '127.1',
    '0x7f000001',
    '2130706433',
    '0177.0.0.1',
    '0',
    '0.0.0.0',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    'localhost',
    'LOCALHOST',
    '１２７.0.0.1',
  ])('%s is not connected to, though something listens there', async (host) => {
    const server = await rawServer((socket) => socket.end());

    for (const scheme of ['http', 'https']) {
      expect(await send(`${scheme}://${host}:${server.port}/`)).toMatchObject({ outcome: 'failed', httpStatus: null, reason: expect.stringContaining('not public'), isFinal: false });
    }
    expect(server.connections()).toBe(0);
  });

  it.each(['169.254.169.254', '10.0.0.1', '172.16.0.1', '192.168.0.1', '100.64.0.1', '224.0.0.1', '255.255.255.255', '[fe80::1]', '[fd00::1]', '[ff02::1]', '[64:ff9b::a9fe:a9fe]'])('%s is refused before a connection', async (host) => {
    expect(await send(`https://${host}/latest/meta-data/`)).toMatchObject({ outcome: 'failed', reason: expect.stringContaining('not public') });
  });

  it('is refused when a name leads there, also as one address of several', async () => {
    const server = await rawServer((socket) => socket.end());
    const url = `https://hooks.example.org:${server.port}/`;

    for (const answer of [['127.0.0.1'], ['1.1.1.1', '127.0.0.1'], ['::ffff:127.0.0.1'], ['169.254.169.254'], ['::1'], ['2606:4700::1111', '::1']]) {
      expect(await send(url, { resolve: resolver(answer) })).toMatchObject({ reason: expect.stringContaining('not public') });
    }
    expect(server.connections()).toBe(0);
  });

  it('is not told to whoever asks', async () => {
    expect(JSON.stringify(await send('https://hooks.example.org/', { resolve: resolver(['10.11.12.13']) }))).not.toContain('10.11.12.13');
  });

  it('is not reached by a name that answers differently the second time', async () => {
    const server = await rawServer((socket) => socket.end());
    const rebinding = resolver(['127.0.0.2'], ['127.0.0.1']);

    // 127.0.0.2 stands for a public address: it is the one that was judged, and the one that is connected to.
    await send(`https://hooks.example.org:${server.port}/`, { allowed: ['127.0.0.2/32'], resolve: rebinding });
    expect(rebinding.calls).toBe(1);
    expect(await send(`https://hooks.example.org:${server.port}/`, { allowed: ['127.0.0.2/32'], resolve: rebinding })).toMatchObject({ reason: expect.stringContaining('not public') });
  });

  it('is not reached through a redirect', async () => {
    const secretReceiver = await Receiver.open();
    receiver.answer = (_received, reply) => reply.writeHead(307, { location: secretReceiver.url }).end();

    expect(await send(receiver.url, { allowed: ['127.0.0.1/32'] })).toMatchObject({ outcome: 'failed', httpStatus: 307, reason: 'the receiver answered 307, and redirects are not followed' });
    expect(secretReceiver.received).toEqual([]);
    await secretReceiver.close();
  });

  it('is reached when the operator allows its network, by address and by name', async () => {
    expect(await send(receiver.url, { allowed: ['127.0.0.0/8'] })).toEqual({ outcome: 'delivered', httpStatus: 204 });
    expect(await send(`http://hooks.internal:${receiver.port}/`, { allowed: ['127.0.0.0/8'], resolve: resolver(['127.0.0.1']) })).toEqual({ outcome: 'delivered', httpStatus: 204 });
  });
});

describe('plain HTTP', () => {
  it('is only for networks that the operator allows', async () => {
    expect(await send('http://hooks.example.org/', { resolve: resolver(['1.1.1.1']) })).toMatchObject({ reason: expect.stringContaining('use https://') });
    expect(await send('http://8.8.8.8/', { allowed: ['10.0.0.0/8'] })).toMatchObject({ reason: expect.stringContaining('use https://') });
  });
});

describe('a receiver that', () => {
  const allowed = ['127.0.0.0/8'];
  const to = (port: number) => `http://127.0.0.1:${port}/`;

  it('never answers is given up on after the time', async () => {
    const server = await rawServer(() => undefined);

    expect(await send(to(server.port), { allowed, timeoutMs: 200 })).toMatchObject({ outcome: 'failed', reason: 'no answer within 200 ms' });
  });

  it('sends its headers drop by drop is given up on too', async () => {
    const server = await rawServer((socket) => {
      const timer = setInterval(() => socket.write('X'), 20);
      socket.on('close', () => clearInterval(timer));
    });

    expect(await send(to(server.port), { allowed, timeoutMs: 300 })).toMatchObject({ outcome: 'failed' });
  });

  it('says 200 and then sends without end has the message; the connection is cut', async () => {
    let isClosed = false;
    const server = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      const timer = setInterval(() => socket.write(Buffer.alloc(16_384, 120)), 1);
      socket.on('close', () => {
        isClosed = true;
        clearInterval(timer);
      });
    });

    expect(await send(to(server.port), { allowed })).toEqual({ outcome: 'delivered', httpStatus: 200 });
    await eventually(() => isClosed);
  });

  it('says 500 with a huge body counts as one that failed, and its body stays where it is', async () => {
    receiver.answer = (_received, reply) => reply.writeHead(500).end(`password=hunter2 ${'x'.repeat(5_000_000)}`);

    expect(await send(receiver.url, { allowed })).toEqual({ outcome: 'failed', httpStatus: 500, reason: 'the receiver answered 500', isFinal: false, askedMs: 0 });
  });

  it('is not there, or is no HTTP server, is a fault that can be tried again', async () => {
    const server = await rawServer((socket) => socket.end('SSH-2.0-OpenSSH\r\n'));

    expect(await send(to(server.port), { allowed })).toMatchObject({ outcome: 'failed', isFinal: false });
    expect(await send('http://127.0.0.1:1/', { allowed })).toMatchObject({ outcome: 'failed', reason: 'the request failed: ECONNREFUSED', isFinal: false });
  });

  it('has a certificate that nobody vouches for is not spoken to', async () => {
    const server = await rawServer((socket) => socket.end());

    expect(await send(`https://127.0.0.1:${server.port}/`, { allowed })).toMatchObject({ outcome: 'failed', reason: expect.stringContaining('the request failed') });
    expect(server.connections()).toBe(1);
  });
});

describe('a channel of Slack', () => {
  const slack = async () => await new AlertSender({ policy: new AddressPolicy(['127.0.0.1/32']), now: Date.now }).send(message, { kind: 'slack', url: receiver.url });

  it('gets text and blocks', async () => {
    expect(await slack()).toEqual({ outcome: 'delivered', httpStatus: 204 });
    expect(JSON.parse(receiver.received[0]!.body)).toMatchObject({ text: 'warning, new: build is slow', blocks: [{ type: 'header' }, { type: 'section' }] });
    expect(receiver.received[0]!.headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', 'idempotency-key': message.deliveryId });
    expect(receiver.received[0]!.headers['webhook-signature']).toBeUndefined();
  });

  it('that refuses says why', async () => {
    receiver.answer = (_received, reply) => reply.writeHead(404).end('channel_is_archived');

    expect(await slack()).toMatchObject({ outcome: 'failed', reason: 'the receiver answered 404 (channel_is_archived)' });
  });
});

/** A mail server that takes everything, or refuses it as it is told. */
class MailSink {
  readonly mails: { from: string; to: string[]; content: string }[] = [];
  refusal: string | undefined;
  private constructor(readonly port: number) {}

  static async open(): Promise<MailSink> {
    const server = await rawServer((socket) => sink.serve(socket));
    const sink = new MailSink(server.port);
    return sink;
  }

  private serve(socket: Socket): void {
    const mail = { from: '', to: [] as string[], content: '' };
    let isData = false;
    let rest = '';
    socket.write('220 sink ESMTP\r\n');
    socket.on('data', (chunk) => {
      rest += chunk.toString('utf8');
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        if (isData && line !== '.') mail.content += `${line.replace(/^\./, '')}\r\n`;
        else if (isData) {
          isData = false;
          this.mails.push({ ...mail });
          socket.write('250 taken\r\n');
        } else isData = this.command(socket, line, mail);
      }
    });
  }

  private command(socket: Socket, line: string, mail: { from: string; to: string[] }): boolean {
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'MAIL') mail.from = line.slice(10);
    if (verb === 'RCPT') {
      mail.to.push(line.slice(8));
      if (this.refusal !== undefined) return !socket.write(`${this.refusal}\r\n`);
    }
    if (verb === 'DATA') socket.write('354 go on\r\n');
    else if (verb === 'QUIT') socket.end('221 bye\r\n');
    else socket.write('250 ok\r\n');
    return verb === 'DATA';
  }
}

describe('mail', () => {
  const mailTo = (to: readonly string[], sink: MailSink, given: Partial<AlertMessage> = {}) =>
    new AlertSender({ policy: new AddressPolicy([]), mail: { url: `smtp://127.0.0.1:${sink.port}`, from: 'Orrery <alerts@example.org>' }, now: Date.now }).send({ ...message, ...given }, { kind: 'email', to });

  it('reaches everyone as plain text with an id of its own', async () => {
    const sink = await MailSink.open();

    expect(await mailTo(['one@example.org', 'two@example.org'], sink)).toEqual({ outcome: 'delivered', httpStatus: null });
    const [mail] = sink.mails;
    expect(mail).toMatchObject({ from: '<alerts@example.org>', to: ['<one@example.org>', '<two@example.org>'] });
    expect(mail?.content).toMatch(/^Subject: \[Orrery\] warning, new: build is slow\r$/m);
    expect(mail?.content).toMatch(/^Message-ID: <0b5b1a0e-5f4e-4c0b-9b5d-0f3f1f1f1f1f@alerts\.orrery>\r$/m);
    expect(mail?.content).toMatch(/^Content-Type: text\/plain/m);
    expect(mail?.content).toContain('build took 14 min, 3.4 x its usual 4 min 7 s');
  });

  it('has the headers that we write and no others, whatever a producer wrote', async () => {
    const sink = await MailSink.open();
    const nasty = 'x\r\nBcc: victim@example.org\r\n\r\nbody\r\n.\r\nMAIL FROM:<evil@example.org>';
    const anomaly = anomalyOf({ title: nasty, text: nasty, workflow: nasty });

    expect(await mailTo(['one@example.org'], sink, { alerts: [{ kind: 'opened', anomaly }], routeName: nasty })).toMatchObject({ outcome: 'delivered' });
    expect(sink.mails).toHaveLength(1);
    const [head = ''] = (sink.mails[0]?.content ?? '').split('\r\n\r\n');
    const names = head.split('\r\n').filter((line) => !/^\s/.test(line)).map((line) => line.split(':')[0]);
    expect(names.sort()).toEqual(['Auto-Submitted', 'Content-Transfer-Encoding', 'Content-Type', 'Date', 'From', 'MIME-Version', 'Message-ID', 'Subject', 'To']);
    expect(sink.mails[0]?.to).toEqual(['<one@example.org>']);
  });

  it('that the server refuses for good is not tried again, unlike what it puts off', async () => {
    const sink = await MailSink.open();
    sink.refusal = '550 no such user alice';
    expect(await mailTo(['one@example.org'], sink)).toEqual({ outcome: 'failed', httpStatus: null, reason: 'the mail server refused the mail (550)', isFinal: true, askedMs: 0 });

    sink.refusal = '451 come back later';
    expect(await mailTo(['one@example.org'], sink)).toMatchObject({ outcome: 'failed', isFinal: false });
  });

  it('does not leave while there is no mail server', async () => {
    const gone = await MailSink.open();
    await new Promise((resolve) => open.pop()?.close(resolve));
    expect(await mailTo(['one@example.org'], gone)).toMatchObject({ outcome: 'failed', isFinal: false, reason: expect.stringContaining('cannot be reached') });

    const unset = await new AlertSender({ policy: new AddressPolicy([]), now: Date.now }).send(message, { kind: 'email', to: ['one@example.org'] });
    expect(unset).toMatchObject({ outcome: 'failed', reason: expect.stringContaining('ORRERY_ALERT_SMTP_URL') });
  });
});

describe('the servers of these specs', () => {
  it('can be reached, so that a refusal above is ours', async () => {
    const server = await rawServer((socket) => socket.end());
    for (const host of ['127.0.0.1', '127.0.0.2']) {
      await new Promise<void>((resolve, reject) => connect(server.port, host).on('connect', resolve).on('error', reject).resume());
    }
    expect(server.connections()).toBe(2);
  });
});
