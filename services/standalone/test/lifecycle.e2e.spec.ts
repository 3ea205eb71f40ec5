import { once } from 'node:events';
import { chownSync, mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Api, runEvent } from './api.js';
import { eventually } from './eventually.js';
import { stillRunning } from './processes.js';
import { areGone, cleanUp, RunningPlatform, temporaryFolder } from './running-platform.js';

const isRoot = process.getuid?.() === 0;
const nobody = 65_534;

describe('the platform', () => {
  afterAll(cleanUp);

  it('ends on SIGINT and SIGTERM, leaves no process behind, and finds its data at the next start, in a folder of any name', async () => {
    const dataFolder = path.join(temporaryFolder(), 'the data of Zoë (1)');

    const first = await RunningPlatform.start({ dataFolder });
    expect((await new Api(first.url).send([runEvent('kept')])).status).toBe(202);
    const processes = first.processes();
    const firstEnding = await first.stop('SIGINT');

    expect(processes.length).toBeGreaterThan(3);
    expect(firstEnding).toEqual({ code: 0, signal: null });
    expect(stillRunning(processes)).toEqual([]);
    expect(first.output).toContain(`data in ${dataFolder}`);

    const second = await RunningPlatform.start({ dataFolder });
    expect(await eventually(async () => (await new Api(second.url).runIds()).length === 1)).toBe(true);
    expect(await second.stop('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(second.errors).toBe('');
  });

  it('that was killed is taken over by the next start, database and all', async () => {
    const dataFolder = path.join(temporaryFolder(), 'data');
    const killed = await RunningPlatform.start({ dataFolder });
    expect((await new Api(killed.url).send([runEvent('acknowledged')])).status).toBe(202);
    const processes = killed.processes();
    await killed.stop('SIGKILL');

    const next = await RunningPlatform.start({ dataFolder });

    expect(stillRunning(processes)).toEqual([]);
    expect(await eventually(async () => (await new Api(next.url).runIds()).length === 1)).toBe(true);
    await next.stop();
  });

  it('on a second Ctrl-C ends at once, and its database with it', async () => {
    const platform = await RunningPlatform.start();
    const processes = platform.processes();
    const { hostname, port } = new URL(platform.url);
    const slowSender = connect(Number(port), hostname).on('error', () => undefined);
    await once(slowSender, 'connect');
    slowSender.write(`POST /api/v1/events HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{`);
    await new Api(platform.url).call('GET', '/health/live');

    platform.child.kill('SIGINT');
    await eventually(() => new Api(platform.url).call('GET', '/health/live').then(() => false, () => true));
    const again = setInterval(() => platform.child.kill('SIGINT'), 300);
    const ending = await platform.ended;
    clearInterval(again);
    slowSender.destroy();

    expect(ending).toEqual({ code: 130, signal: null });
    await areGone(processes);
  });

  describe('when it cannot start', () => {
    it('says in one line which port or folder is taken, ends with code 1, and leaves those alone who have it', async () => {
      const running = await RunningPlatform.start();
      const { port } = new URL(running.url);

      const samePort = RunningPlatform.launch({ environment: { ORRERY_PORT: port } });
      const sameFolder = RunningPlatform.launch({ dataFolder: running.dataFolder });

      expect(await sameFolder.ended).toEqual({ code: 1, signal: null });
      expect(sameFolder.errors).toMatch(new RegExp(`^orrery: process ${running.child.pid} already runs the database in [^\\n]+ stop it or choose another folder\\n$`));
      const processes = samePort.processes();
      expect(await samePort.ended).toEqual({ code: 1, signal: null });
      expect(samePort.errors).toBe(`orrery: port ${port} of 127.0.0.1 is taken by another program: stop it, or set ORRERY_PORT\n`);
      await areGone(processes);
      expect((await new Api(running.url).call('GET', '/health/ready')).status).toBe(200);
      await running.stop();
    });

    it('lists every wrong setting at once, and no value, since that may be a secret', async () => {
      const wrong = { ORRERY_PORT: 'hunter-port', ORRERY_LOG_LEVEL: 'hunter-level', ORRERY_DATABASE_URL: 'mysql://root:hunter2@db/orrery', ORRERY_RETENTION_DAYS: '-7' };

      const platform = RunningPlatform.launch({ environment: wrong });

      expect(await platform.ended).toEqual({ code: 1, signal: null });
      for (const key of Object.keys(wrong)) expect(platform.errors).toContain(key);
      expect(platform.errors).toMatch(/^orrery: settings are wrong:\n(  ORRERY_\w+: [^\n]+\n){4}$/);
      expect(platform.errors).not.toMatch(/hunter|-7/);
      expect(platform.output).toBe('');
    });

    it.each([
      ['without keys for those who come from the network', { ORRERY_HOST: '0.0.0.0' }, /^orrery: ORRERY_HOST is not a loopback address: set ORRERY_API_KEYS too[^\n]*\n$/],
      ['with a key that is too short', { ORRERY_API_KEYS: 'team-a:hunter2' }, /^orrery: ORRERY_API_KEYS: entry 1 is not tenant:key[^\n]*\n$/],
    ])('refuses to start %s', async (_case, environment, message) => {
      const platform = RunningPlatform.launch({ environment });

      expect(await platform.ended).toEqual({ code: 1, signal: null });
      expect(platform.errors).toMatch(message);
      expect(platform.errors).not.toContain('hunter2');
    });
  });

  (isRoot ? it : it.skip)('works as an ordinary user too', async () => {
    const parent = temporaryFolder();
    const dataFolder = path.join(parent, 'data');
    mkdirSync(dataFolder, { mode: 0o700 });
    chownSync(dataFolder, nobody, nobody);

    const platform = await RunningPlatform.start({ dataFolder, userId: nobody });
    const processes = platform.processes();

    expect((await new Api(platform.url).send([runEvent('as-nobody')])).status).toBe(202);
    expect(await platform.stop()).toEqual({ code: 0, signal: null });
    expect(stillRunning(processes)).toEqual([]);
  });
});
