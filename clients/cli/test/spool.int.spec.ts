import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resendSpooled } from '../src/spool/resend.js';
import { Spool } from '../src/spool/spool.js';
import { FakePlatform, type Handler } from './fake-platform.js';

let folder: string;
let platform: FakePlatform;
let handler: Handler;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orrery-spool-'));
  handler = () => undefined;
  platform = await FakePlatform.start((request, url) => handler(request, url));
});

afterEach(async () => {
  await platform.stop();
  await rm(folder, { recursive: true });
});

const event = (id: string, size = 0) => JSON.stringify({ id, data: 'x'.repeat(size) });

function open(limits?: { maxBytes: number; maxFiles: number }): Spool {
  return new Spool(folder, new URL(platform.url), limits);
}

function resend(spool: Spool) {
  return resendSpooled(spool, { url: new URL(platform.url), apiKey: 'k' }, 60_000);
}

describe('the spool', () => {
  it('keeps events for one server, readable by their owner alone, and gives them up once delivered', async () => {
    const spool = open();
    await spool.keep([event('1'), event('2')]);
    await spool.keep([event('3')]);
    const [first = ''] = await spool.files();
    const modes = await Promise.all([stat(spool.folder), stat(join(spool.folder, first))]);

    expect(await resend(spool)).toEqual({ sent: 3, refused: [] });
    expect(modes.map(({ mode }) => (mode & 0o777).toString(8))).toEqual(['700', '600']);
    expect(platform.received.map(({ body, headers }) => [body.toString(), headers.authorization])).toEqual([
      [`[${event('1')},${event('2')}]`, 'Bearer k'],
      [`[${event('3')}]`, 'Bearer k'],
    ]);
    expect(await spool.files()).toEqual([]);
    expect(await new Spool(folder, new URL('http://elsewhere')).files()).toEqual([]);
  });

  it('sends in batches that a server takes', async () => {
    const spool = open();
    await spool.keep(Array.from({ length: 12 }, (_, index) => event(String(index), 300_000)));

    expect((await resend(spool)).sent).toBe(12);
    expect(platform.received.every(({ body }) => body.length <= 1024 * 1024)).toBe(true);
  });

  it('keeps everything when the server cannot take it now', async () => {
    const spool = open();
    await spool.keep([event('1')]);
    handler = () => ({ status: 503 });

    expect(await resend(spool)).toEqual({ sent: 0, refused: [] });
    expect(await spool.files()).toHaveLength(1);
  });

  it('puts aside what the server refuses and goes on', async () => {
    const spool = open();
    await spool.keep([event('bad')]);
    await spool.keep([event('good')]);
    handler = ({ body }) => (body.includes('bad') ? { status: 400, json: {} } : undefined);

    const { sent, refused } = await resend(spool);

    expect({ sent, refused }).toEqual({ sent: 1, refused: [expect.stringMatching(/\.refused$/)] });
    expect(await spool.files()).toEqual([]);
  });

  it('is bounded: the oldest files go', async () => {
    const spool = open({ maxBytes: 2_500, maxFiles: 3 });
    const removed: number[] = [];
    for (let index = 0; index < 4; index++) removed.push(await spool.keep([event(String(index))]));
    removed.push(await spool.keep([event('large', 2_450)]));

    expect(removed).toEqual([0, 0, 0, 1, 2]);
    expect(await readdir(spool.folder)).toHaveLength(2);
  });
});
