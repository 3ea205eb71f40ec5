import { spawnSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { startEmbeddedPostgres } from '@orrery/persistence';
import { Api } from './api.js';
import { eventually } from './eventually.js';
import { Ledger } from './ledger.js';
import { areGone, cleanUp, RunningPlatform, temporaryFolder } from './running-platform.js';

const nothingWrong = { lost: 0, surplus: 0, buried: 0 };
const canMount = process.getuid?.() === 0 && spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;

interface Health {
  readonly details: Readonly<Record<string, { readonly status: string; readonly reason?: string }>>;
}

const healthOf = async (url: string): Promise<{ status: number; health: Health }> => {
  const response = await new Api(url).call('GET', '/health/ready');
  return { status: response.status, health: (await response.json()) as Health };
};
const isReady = async (url: string): Promise<boolean> => (await healthOf(url)).status === 200;

afterAll(cleanUp);

describe('nothing that was acknowledged is lost, nothing is stored twice', () => {
  it('when the platform is killed again and again between and in the middle of batches', async () => {
    const dataFolder = path.join(temporaryFolder(), 'data');
    let platform = await RunningPlatform.start({ dataFolder });
    const ledger = new Ledger('killed', () => platform.url);
    ledger.start();
    for (let kill = 0; kill < 3; kill += 1) {
      await ledger.goesOn();
      await platform.stop('SIGKILL');
      platform = await RunningPlatform.start({ dataFolder });
    }
    await ledger.goesOn();
    await ledger.stop();

    expect(await ledger.audit()).toEqual(nothingWrong);
    await platform.stop();
  });

  it('when its own database is killed, which it starts again', async () => {
    const platform = await RunningPlatform.start();
    const ledger = new Ledger('crashed', () => platform.url);
    ledger.start();
    await ledger.goesOn();

    const server = platform.processes().filter(({ command }) => /postgres/.test(command));
    for (const { pid } of server) process.kill(pid, 'SIGKILL');
    await areGone(server);
    await ledger.goesOn();
    await ledger.stop();

    expect(server.length).toBeGreaterThan(3);
    expect(await ledger.audit()).toEqual(nothingWrong);
    await eventually(() => isReady(platform.url));
    expect(await platform.stop()).toEqual({ code: 0, signal: null });
  });

  it('when the database is away for a while: 503 and when to try again, then it goes on by itself', async () => {
    const place = { dataFolder: path.join(temporaryFolder(), 'database') };
    let database = await startEmbeddedPostgres(place);
    const platform = await RunningPlatform.start({ environment: { ORRERY_DATABASE_URL: database.url } });
    const ledger = new Ledger('away', () => platform.url);
    ledger.start();
    await ledger.goesOn();

    const { port } = database;
    await database.stop();
    await eventually(() => ledger.refusals.length >= 3);
    const reading = await new Api(platform.url).call('GET', '/api/v1/runs');
    const { status, health } = await healthOf(platform.url);
    const alive = await new Api(platform.url).call('GET', '/health/live');
    database = await startEmbeddedPostgres({ ...place, port });
    await ledger.goesOn();
    await ledger.stop();

    expect(ledger.refusals.every((refusal) => refusal.status === 503 && Number(refusal.retryAfter) > 0)).toBe(true);
    expect([reading.status, Number(reading.headers.get('retry-after')) > 0]).toEqual([503, true]);
    expect([status, health.details['database']?.status, health.details['event log']?.status]).toEqual([503, 'down', 'down']);
    expect(JSON.stringify(health)).not.toContain(new URL(database.url).password);
    expect(alive.status).toBe(200);
    expect(await ledger.audit()).toEqual(nothingWrong);
    await eventually(() => isReady(platform.url));

    await database.stop();
    expect(await platform.stop()).toEqual({ code: 0, signal: null });
  });

  (canMount ? it : it.skip)('when the disk is full: 503 and the reason, then it goes on by itself once there is space', async () => {
    const disk = temporaryFolder();
    const mountThere = ['unshare', '--mount', 'sh', '-c', 'mount -t tmpfs -o size=160m,mode=0755 tmpfs "$0" && exec "$@"', disk];
    const platform = await RunningPlatform.start({ wrapper: mountThere, dataFolder: path.join(disk, 'data') });
    const ledger = new Ledger('full', () => platform.url);
    ledger.start();
    await ledger.goesOn();

    const ballast = path.join(`/proc/${platform.child.pid}/root`, disk, 'ballast');
    fillDisk(ballast);
    await eventually(() => ledger.refusals.length >= 20);
    const alive = await new Api(platform.url).call('GET', '/health/live');
    rmSync(ballast);
    await ledger.goesOn();
    await ledger.stop();

    expect(alive.status).toBe(200);
    expect(ledger.refusals.every((refusal) => refusal.status === 503 && Number(refusal.retryAfter) > 0)).toBe(true);
    expect(ledger.refusals.some(({ detail }) => detail.includes('No space left on device'))).toBe(true);
    // One line tells of many refusals: the log must not fill what is left of the disk.
    expect(platform.output.split('\n').filter((line) => line.includes('request failed')).length).toBeLessThan(ledger.refusals.length / 2);
    expect(await ledger.audit()).toEqual(nothingWrong);
    await eventually(() => isReady(platform.url));
    expect(await platform.stop()).toEqual({ code: 0, signal: null });
  });
});

/** Writes until there is no space left. */
function fillDisk(file: string): void {
  const descriptor = openSync(file, 'w');
  try {
    for (const size of [1_000_000, 4096]) writeWhilePossible(descriptor, Buffer.alloc(size));
  } finally {
    closeSync(descriptor);
  }
}

function writeWhilePossible(descriptor: number, block: Buffer): void {
  try {
    for (;;) writeSync(descriptor, block);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}
