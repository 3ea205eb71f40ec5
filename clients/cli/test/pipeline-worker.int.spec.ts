import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Started } from './command-line.js';
import { isAlive, PipelinePlace, startable } from './pipeline-place.js';

let place: PipelinePlace;

beforeEach(async () => {
  place = await PipelinePlace.create();
});

afterEach(() => place.remove());

async function startWorker(...args: string[]): Promise<Started> {
  const worker = place.start('worker', '--json', ...args);
  await new Promise<void>((resolve, reject) => {
    worker.process.stdout?.on('data', (text: string) => text.includes('"ready"') && resolve());
    void worker.finished.then(({ stderr }) => reject(new Error(stderr)));
  });
  return worker;
}

async function stop({ process: child, finished }: Started): Promise<void> {
  child.kill('SIGTERM');
  expect(await finished).toMatchObject({ code: 0 });
}

const GATED = (name: string) => `name: ${name}\ntasks:\n  one: 'echo ${name} one >> log; echo $$ >> pids; while [ ! -e go ]; do sleep 0.02; done'\n  two: { command: 'echo ${name} two >> log', depends_on: one }\n`;

describe('a worker', () => {
  it('shares its slots among pipelines, and each decision sees all of them', async () => {
    place.advise = (question) => startable(question).reverse();
    const worker = await startWorker('--slots', '2', '--policy', 'fair');
    await place.write('a.yaml', GATED('a'));
    await place.write('b.yaml', GATED('b'));

    const runs = [place.run('a.yaml'), place.run('b.yaml', '--policy', 'fifo')];
    await place.until('pids', (text) => text.split('\n').length === 3);
    await place.write('go', '');
    const [a, b] = await Promise.all(runs);

    expect(a).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/worker default, 2 slots\n[^]*✓ two[^]*a: success/) });
    expect(b).toMatchObject({ code: 0, stderr: expect.stringContaining('worker default decides by fair') });
    expect(place.asked.every(({ policy, pools }) => policy === 'fair' && pools[0]?.slots === 2)).toBe(true);
    expect(place.asked.some(({ runs: seen }) => seen.length === 2)).toBe(true);
    expect(place.ends.sort()).toEqual(['one 1 success', 'one 1 success', 'two 1 success', 'two 1 success']);
    await stop(worker);
  });

  it('gives commands the environment and the folder of who handed them in', async () => {
    const worker = await startWorker('--slots', '1');
    await place.write('p.yaml', 'tasks: { a: "echo $MINE > mine" }\n');

    const { code } = await place.orrery.run(['run', 'p.yaml'], { url: place.platform.url, environment: { MINE: 'of the caller' } });

    expect(code).toBe(0);
    expect(await place.read('mine')).toBe('of the caller\n');
    await stop(worker);
  });

  it('that is killed takes its runs up again, whoever followed them', async () => {
    const worker = await startWorker('--slots', '1');
    await place.write('p.yaml', GATED('p'));
    const follower = place.start('run', 'p.yaml', '--run', 'kept');
    const orphan = Number(await place.until('pids', (text) => text.endsWith('\n')));
    worker.process.kill('SIGKILL');
    const left = await follower.finished;
    const next = await startWorker('--slots', '1');
    await place.until('pids', (text) => text.split('\n').length === 3);
    const isLeft = isAlive(orphan);
    const again = place.start('run', '--resume', 'kept');
    await place.write('go', '');

    expect(left).toMatchObject({ code: 3, stderr: expect.stringContaining('worker default went away; run kept goes on when it is started again') });
    expect(isLeft).toBe(false);
    expect(await again.finished).toMatchObject({ code: 0 });
    expect(await place.read('log')).toBe('p one\np one\np two\n');
    expect(new Set(place.ends)).toEqual(new Set(['one 1 cancellation', 'one 2 success', 'two 1 success']));
    await stop(next);
  });

  it('that is stopped puts its runs down, and anybody can take them up', async () => {
    const worker = await startWorker('--slots', '1');
    await place.write('p.yaml', GATED('p'));
    const follower = place.start('run', 'p.yaml', '--run', 'kept');
    const pid = Number(await place.until('pids', (text) => text.endsWith('\n')));
    await stop(worker);
    const left = await follower.finished;
    const isLeft = isAlive(pid);
    await place.write('go', '');

    expect(left).toMatchObject({ code: 5, stdout: expect.stringContaining('what is left: orrery run --resume kept') });
    expect(isLeft).toBe(false);
    expect(await place.run('--resume', 'kept', '--slots', '1')).toMatchObject({ code: 0 });
    expect(await place.read('log')).toBe('p one\np one\np two\n');
    // Put down is not ended: it is one and the same attempt of the run.
    expect(place.platform.said.map(({ run }) => run).filter(({ status }) => status === 'finished').map(({ attempt, outcome }) => `${attempt} ${outcome}`)).toEqual(['1 success']);
  });

  it('cancels a run whose follower is told to stop, and goes on with one whose follower is killed', async () => {
    const worker = await startWorker('--slots', '2');
    await place.write('a.yaml', GATED('a'));
    const cancelled = place.start('run', 'a.yaml');
    const pid = Number(await place.until('pids', (text) => text.endsWith('\n')));
    cancelled.process.kill('SIGINT');
    const end = await cancelled.finished;
    const isLeft = isAlive(pid);
    await place.write('b.yaml', GATED('b'));
    const killed = place.start('run', 'b.yaml', '--run', 'b');
    await place.until('pids', (text) => text.split('\n').length === 3);
    killed.process.kill('SIGKILL');
    await killed.finished;
    await place.write('go', '');

    expect(end).toMatchObject({ code: 130 });
    expect(isLeft).toBe(false);
    expect(await place.run('b.yaml', '--run', 'b')).toMatchObject({ code: 0 });
    expect(await place.read('log')).toBe('a one\nb one\nb two\n');
    await stop(worker);
  });

  it('outlives whoever hangs up while it speaks', async () => {
    const worker = await startWorker('--slots', '1');
    const request = JSON.stringify({ kind: 'run', order: { kind: 'resume', run: 'nobody' }, environment: {} });
    for (let call = 0; call < 20; call++) {
      const socket = connect(join(place.orrery.stateFolder, 'workers', 'default.sock'));
      await once(socket, 'connect');
      // Each is answered, and nobody is there to hear it.
      await new Promise((resolve) => socket.write(`${request}\n`.repeat(50), resolve));
      socket.destroy();
    }
    await place.write('p.yaml', 'tasks: { a: "true" }\n');

    expect(await place.run('p.yaml', '--worker', 'default')).toMatchObject({ code: 0 });
    await stop(worker);
  });

  it('runs a pipeline under the same id once, also for two at once', async () => {
    const worker = await startWorker('--slots', '2');
    await place.write('p.yaml', GATED('p'));
    const both = [place.run('p.yaml', '--run', 'same'), place.run('p.yaml', '--run', 'same')];
    await place.until('pids', (text) => text.endsWith('\n'));
    await place.write('go', '');

    expect((await Promise.all(both)).map(({ code }) => code)).toEqual([0, 0]);
    expect(await place.read('log')).toBe('p one\np two\n');
    await stop(worker);
  });

  it('is not used with slots of one\'s own', async () => {
    const worker = await startWorker('--slots', '1');
    await place.write('p.yaml', 'tasks: { a: "true" }\n');

    expect((await place.run('p.yaml', '--slots', '3')).stdout).toMatch(/1 task, 3 slots/);
    await stop(worker);
  });
});

describe('a worker that cannot be had', () => {
  it('is named in a clear error', async () => {
    await place.write('p.yaml', 'tasks: { a: "true" }\n');

    expect(await place.run('p.yaml', '--worker', 'nightly')).toMatchObject({ code: 4, stderr: expect.stringContaining('no worker nightly runs on this machine; start it with `orrery worker --name nightly`') });
    expect(await place.run('p.yaml', '--worker', '../x')).toMatchObject({ code: 2, stderr: expect.stringContaining("a worker's name has letters") });
  });

  it('because it was killed is an error where it was asked for, and no hindrance elsewhere', async () => {
    const worker = await startWorker('--slots', '1');
    worker.process.kill('SIGKILL');
    await worker.finished;
    await place.write('p.yaml', 'tasks: { a: "true" }\n');

    expect(await place.run('p.yaml', '--worker', 'default')).toMatchObject({ code: 4, stderr: expect.stringContaining('worker default is gone without a farewell') });
    expect(await place.run('p.yaml')).toMatchObject({ code: 0, stderr: expect.stringContaining('uses slots of its own') });
  });

  it('because one of its name runs already says so; with another name there are two', async () => {
    const worker = await startWorker('--slots', '1');
    const second = await place.orrery.run(['worker'], { url: place.platform.url });
    const other = await startWorker('--slots', '1', '--name', 'other');
    await place.write('p.yaml', 'tasks: { a: "true" }\n');

    expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining('worker default runs already') });
    expect((await place.run('p.yaml', '--worker', 'other')).stdout).toMatch(/worker other, 1 slot\n/);
    await stop(other);
    await stop(worker);
  });

  it('refuses what could never run there', async () => {
    const worker = await startWorker('--slots', '1', '--memory', '100MiB');
    await place.write('p.yaml', 'tasks: { a: { command: "true", memory: 1GiB } }\n');

    expect(await place.run('p.yaml')).toMatchObject({ code: 2, stderr: expect.stringContaining('more memory than the 100 MiB there are: a (1 GiB)') });
    await stop(worker);
  });
});
