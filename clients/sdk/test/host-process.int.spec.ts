import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer, type Server, type Socket } from 'node:net';
import { FakeServer } from './fake-server.js';
import { startHostProgram } from './host-program.js';

const opened: { stop(): Promise<unknown> }[] = [];

async function serve(): Promise<FakeServer> {
  const server = await FakeServer.start();
  opened.push(server);
  return server;
}

/** Takes connections and never says a word. */
async function serveSilence(): Promise<{ url: string }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => sockets.add(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push({
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  });
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}` };
}

afterEach(async () => {
  for (const thing of opened.splice(0)) await thing.stop();
});

const RECORD = `
const orrery = new Orrery({ url, source: 'urn:test' });
const run = orrery.run('w', { id: 'r' });
run.event('log', { output: 'hello' });
`;

describe('a program that records', () => {
  it('delivers everything although it just ends', async () => {
    const server = await serve();

    const { code, stderr } = await (await startHostProgram(`${RECORD} run.finish();`, server.url)).ended;

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(server.events.map((event) => event.data.run.status ?? event.data.events?.[0]?.kind)).toEqual(['running', 'log', 'finished']);
  });

  it('delivers the digest of a file that it recorded last', async () => {
    const server = await serve();

    await (await startHostProgram(`${RECORD} run.artifact(process.argv[1]);`, server.url)).ended;

    const [artifact] = server.events.at(-1)?.data.artifacts ?? [];
    expect(artifact).toMatchObject({ uri: expect.stringMatching(/^file:.*host\.mjs$/), direction: 'output', digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) });
  });

  it('delivers on close before process.exit', async () => {
    const server = await serve();

    const { code } = await (await startHostProgram(`${RECORD} await orrery.close(); process.exit(7);`, server.url)).ended;

    expect(code).toBe(7);
    expect(server.events).toHaveLength(2);
  });

  it('delivers when it is terminated, and still dies of the signal', async () => {
    const server = await serve();
    const program = await startHostProgram(`const orrery = new Orrery({ url, flushIntervalMs: 60000 }); orrery.run('w'); setInterval(() => {}, 1000); console.log('ready');`, server.url);
    await program.printed('ready');

    program.kill('SIGTERM');

    expect(await program.ended).toMatchObject({ code: null, signal: 'SIGTERM' });
    expect(server.events).toHaveLength(1);
  });

  it('keeps its own way of dealing with signals', async () => {
    const server = await serve();
    const program = await startHostProgram(
      `const orrery = new Orrery({ url, flushIntervalMs: 60000 }); orrery.run('w'); const timer = setInterval(() => {}, 1000);
       process.on('SIGTERM', () => { console.log('mine'); clearInterval(timer); process.exitCode = 3; }); console.log('ready');`,
      server.url,
    );
    await program.printed('ready');

    program.kill('SIGTERM');

    expect(await program.ended).toMatchObject({ code: 3, stdout: 'ready\nmine\n' });
    expect(server.events).toHaveLength(1);
  });
});

describe('a program that records when the server is dead', () => {
  const WORK = `${RECORD} setTimeout(() => { run.finish(); console.log('worked'); }, 100);`;

  it('ends by itself when nobody listens, with nothing said or thrown', async () => {
    const ended = await (await startHostProgram(WORK, 'http://127.0.0.1:1')).ended;

    expect(ended).toEqual({ code: 0, signal: null, stdout: 'worked\n', stderr: '' });
  });

  it('ends by itself when the server takes the connection and hangs', async () => {
    const silence = await serveSilence();

    const ended = await (await startHostProgram(WORK, silence.url)).ended;

    expect(ended).toEqual({ code: 0, signal: null, stdout: 'worked\n', stderr: '' });
  });

  it('ends by itself when the name does not resolve', async () => {
    const ended = await (await startHostProgram(WORK, 'http://nobody.invalid')).ended;

    expect(ended).toEqual({ code: 0, signal: null, stdout: 'worked\n', stderr: '' });
  });

  it('survives whatever it records', async () => {
    const ended = await (
      await startHostProgram(
        `const orrery = new Orrery({ url }); const run = orrery.run('w');
         const circle = {}; circle.self = circle;
         run.event('log', { input: circle, output: 10n, attributes: { get x() { throw new Error('no'); }, f() {} } });
         run.event('log', { startedAt: NaN, input: new Proxy({}, { ownKeys() { throw new Error('no'); } }) });
         run.task(undefined).fail(undefined); run.artifact('\\0'); run.artifact('file://host/x'); run.message({}); run.sample('x', NaN);
         const { undelivered } = await orrery.close({ isPatient: false }); console.log(undelivered.length);`,
        'http://127.0.0.1:1',
      )
    ).ended;

    expect(ended).toEqual({ code: 0, signal: null, stdout: '9\n', stderr: '' });
  });
});
