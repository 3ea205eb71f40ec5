import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { root, startPlatformProcess, until } from './platform-process.js';

const event = (id: string) =>
  JSON.stringify({ specversion: '1.0', id, source: 'urn:orrery:spec', type: 'dev.orrery.execution.v1', data: { run: { id, workflow: 'w', status: 'running' } } });

const send = (url: string, id: string) => fetch(`${url}/api/v1/events`, { method: 'POST', headers: { 'content-type': 'application/cloudevents+json' }, body: event(id) });

const runIds = async (url: string): Promise<string[]> =>
  ((await (await fetch(`${url}/api/v1/runs?limit=500`)).json()) as { items: { external_id: string }[] }).items.map(({ external_id: id }) => id).sort();

/** Processes of this machine whose command line names the data folder. */
function processesOf(dataFolder: string): string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && existsSync(`/proc/${entry}/cmdline`))
    .filter((entry) => {
      try {
        return readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes(path.basename(dataFolder));
      } catch {
        return false;
      }
    });
}

describe('the platform in one process', () => {
  it('says where it is, ends on a signal, leaves nothing running, and finds its data at the next start', async () => {
    const first = await startPlatformProcess();
    expect((await send(first.url, 'kept')).status).toBe(202);
    expect(await first.end('SIGINT')).toBe(0);

    expect(first.output()).toContain(first.url);
    expect(first.output()).toContain('Ctrl-C');
    expect(processesOf(first.dataFolder)).toEqual([]);

    const second = await startPlatformProcess({}, first.dataFolder);
    expect(await until(() => runIds(second.url), (ids) => ids.length === 1)).toEqual(['kept']);
    expect(await second.end('SIGTERM')).toBe(0);
    second.removeData();
  });

  it('when killed again and again, loses nothing that it acknowledged', async () => {
    const acknowledged: string[] = [];
    let platform = await startPlatformProcess();
    const { dataFolder } = platform;
    for (let round = 0; round < 3; round += 1) {
      const sending = Array.from({ length: 40 }, async (_, index) => {
        const id = `round-${round}-${String(index).padStart(2, '0')}`;
        const response = await send(platform.url, id).catch(() => undefined);
        if (response?.status === 202) acknowledged.push(id);
      });
      setTimeout(() => platform.child.kill('SIGKILL'), 20 + round * 15);
      await Promise.all(sending);
      await platform.end('SIGKILL');
      platform = await startPlatformProcess({}, dataFolder);
    }
    await send(platform.url, 'last');
    const stored = await until(() => runIds(platform.url), (ids) => ids.includes('last') && acknowledged.every((id) => ids.includes(id)));

    expect(new Set(stored).size).toBe(stored.length);
    await platform.end();
    platform.removeData();
  });

  it('when its port is taken or a setting is wrong, says so in words and ends with code 1', async () => {
    const running = await startPlatformProcess();
    const taken = startPlatformProcess({ ORRERY_PORT: new URL(running.url).port });
    await expect(taken).rejects.toThrow(/code 1[^]*port \d+ of 127\.0\.0\.1 is taken/);
    await expect(startPlatformProcess({ ORRERY_PORT: 'eleventy', ORRERY_LOG_LEVEL: 'loud' })).rejects.toThrow(/ORRERY_PORT[^]*ORRERY_LOG_LEVEL/);
    await expect(startPlatformProcess({ ORRERY_HOST: '0.0.0.0' })).rejects.toThrow(/ORRERY_API_KEYS/);
    await expect(startPlatformProcess({}, running.dataFolder)).rejects.toThrow(/code 1/);

    await running.end();
    running.removeData();
  });

  it('when its parent is killed, ends by itself', async () => {
    const dataFolder = mkdtempSync(path.join(os.tmpdir(), 'orrery-e2e-parent-'));
    const parent = spawn(process.execPath, ['tools/start.mjs'], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NODE_OPTIONS: '', ORRERY_PORT: '0', ORRERY_DATA_FOLDER: dataFolder } });
    let output = '';
    parent.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    await until(() => Promise.resolve(output), (text) => text.includes('Orrery is ready'));
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0] ?? '';
    expect((await fetch(`${url}/health/live`)).status).toBe(200);

    parent.kill('SIGKILL');
    await once(parent, 'exit');

    await until(() => fetch(`${url}/health/live`).then(() => true, () => false), (isUp) => !isUp);
    await until(() => Promise.resolve(processesOf(dataFolder)), (left) => left.length === 0);
    rmSync(dataFolder, { recursive: true, force: true });
  });
});
