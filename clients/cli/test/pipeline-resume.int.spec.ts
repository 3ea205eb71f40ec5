import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, PipelinePlace } from './pipeline-place.js';

let place: PipelinePlace;

beforeEach(async () => {
  place = await PipelinePlace.create();
});

afterEach(() => place.remove());

/** Three tasks in a row; the second one waits for a file, and says which process it is. */
const CHAIN = `
name: chain
tasks:
  a: echo a >> log
  b: { command: 'echo $$ >> pids; while [ ! -e go ]; do sleep 0.02; done; echo b >> log', depends_on: a }
  c: { command: echo c >> log, depends_on: b }
`;

async function killedInTheMiddle(...more: string[]): Promise<number> {
  await place.write('p.yaml', CHAIN);
  const { process: child, finished } = place.start('run', 'p.yaml', '--slots', '2', '--run', 'r-1', ...more);
  const pid = Number(await place.until('pids', (text) => text.endsWith('\n')));
  // What had ended by then is known to the platform, or in the journal.
  child.kill('SIGKILL');
  await finished;
  return pid;
}

describe('a run that was killed', () => {
  it('goes on where it was: what ended well does not run again, what ran is ended first and started anew', async () => {
    const orphan = await killedInTheMiddle();
    const wasAlive = isAlive(orphan);
    const resumed = place.start('run', '--resume', 'r-1', '--slots', '2');
    await place.until('pids', (text) => text.split('\n').length === 3);
    const isAliveAfter = isAlive(orphan);
    await place.write('go', '');

    const { code, stderr } = await resumed.finished;

    expect({ code, wasAlive, isAliveAfter }).toEqual({ code: 0, wasAlive: true, isAliveAfter: false });
    expect(await place.read('log')).toBe('a\nb\nc\n');
    expect(stderr).toMatch(/processes of the former life of this run were still there and were ended/);
    expect(new Set(place.ends)).toEqual(new Set(['a 1 success', 'b 1 cancellation', 'b 2 success', 'c 1 success']));
    expect(new Set(place.platform.said.map(({ run }) => `${run.id} ${run.attempt}`))).toEqual(new Set(['r-1 1']));
    expect(place.runEnd).toMatchObject({ outcome: 'success' });
  });

  it('finds again what a task that ended well left running on purpose', async () => {
    await place.write('p.yaml', `tasks:\n  serve: 'sleep 300 & echo $! > server'\n  use: { command: 'echo $$ >> pids; kill -0 $(cat server); while [ ! -e go ]; do sleep 0.02; done', depends_on: serve }\n`);
    const { process: child, finished } = place.start('run', 'p.yaml', '--slots', '1', '--run', 'r-1');
    await place.until('pids', (text) => text.endsWith('\n'));
    child.kill('SIGKILL');
    await finished;
    await place.write('go', '');
    const { code } = await place.run('--resume', 'r-1', '--slots', '1');
    const server = Number(await place.read('server'));

    expect({ code, isServing: isAlive(server) }).toEqual({ code: 0, isServing: true });
    process.kill(server);
  });

  it('counts a task that came to its end after the kill as done', async () => {
    await killedInTheMiddle();
    await place.write('go', '');
    await place.until('log', (text) => text.includes('b'));
    const logs = join(place.orrery.stateFolder, 'pipelines', 'r-1', 'logs');
    while (!(await readdir(logs)).includes('b.1-1.exit')) await new Promise((resolve) => setTimeout(resolve, 20));

    const { code } = await place.run('--resume', 'r-1', '--slots', '1');

    expect(code).toBe(0);
    expect(await place.read('log')).toBe('a\nb\nc\n');
    expect(new Set(place.ends)).toEqual(new Set(['a 1 success', 'b 1 success', 'c 1 success']));
  });

  it('goes on as well when it is called again under its id, and cannot be taken up twice at once', async () => {
    await killedInTheMiddle();
    const first = place.start('run', 'p.yaml', '--run', 'r-1', '--slots', '2');
    await place.until('pids', (text) => text.split('\n').length === 3);
    const second = await place.run('--resume', 'latest', '--slots', '2');
    await place.write('go', '');

    expect(await first.finished).toMatchObject({ code: 0 });
    expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining('run r-1 is being carried on by another process') });
    expect(await place.read('log')).toBe('a\nb\nc\n');
  });

  it('survives being killed again and again', async () => {
    await place.write('p.yaml', `tasks:\n${Array.from({ length: 12 }, (_, index) => `  t${index}: echo ${index} >> log; sleep 0.05`).join('\n')}\n`);
    for (let life = 0; life < 5; life++) {
      const { process: child, finished } = place.start('run', 'p.yaml', '--run', 'r', '--slots', '1');
      const before = (await place.read('log')).length;
      await Promise.race([finished, place.until('log', (text) => text.length > before)]);
      child.kill('SIGKILL');
      await finished;
    }

    expect(await place.run('p.yaml', '--run', 'r', '--slots', '1')).toMatchObject({ code: 0 });
    const succeeded = place.ends.filter((end) => end.endsWith('success')).map((end) => end.split(' ')[0]);
    // The same end may be told twice, but of one attempt only.
    expect(new Set(succeeded).size).toBe(12);
    expect(new Set(place.ends.filter((end) => end.endsWith('success'))).size).toBe(12);
    expect(place.runEnd).toMatchObject({ outcome: 'success' });
  });
});

describe('a run that is stopped', () => {
  it('by Ctrl-C ends as cancelled, leaves nothing running, and can be taken up as its next attempt', async () => {
    await place.write('p.yaml', CHAIN);
    const { process: child, finished } = place.start('run', 'p.yaml', '--slots', '1', '--run', 'r-1');
    const pid = Number(await place.until('pids', (text) => text.endsWith('\n')));
    child.kill('SIGINT');
    const stopped = await finished;
    const isLeft = isAlive(pid);
    await place.write('go', '');
    const resumed = await place.run('--resume', 'r-1', '--slots', '1');

    expect(stopped).toMatchObject({ code: 130, stdout: expect.stringContaining('what is left: orrery run --resume r-1') });
    expect(isLeft).toBe(false);
    expect(resumed).toMatchObject({ code: 0, stdout: expect.stringContaining('run r-1 (attempt 2): 3 tasks, 1 of them done before') });
    expect(await place.read('log')).toBe('a\nb\nc\n');
    expect(place.ends).toEqual(['a 1 success', 'b 1 cancellation', 'c 1 cancellation', 'b 1 success', 'c 1 success']);
    const ends = place.platform.said.map(({ run }) => run).filter(({ status }) => status === 'finished');
    expect(ends.map(({ attempt, outcome }) => `${attempt} ${outcome}`)).toEqual(['1 cancellation', '2 success']);
  });

  it('while a task tidies up waits for it', async () => {
    await place.write('p.yaml', `tasks:\n  a: 'trap "sleep 0.3; echo tidied >> log; exit 1" TERM; echo ready >> log; while :; do sleep 0.02; done'\n`);
    const { process: child, finished } = place.start('run', 'p.yaml', '--slots', '1');
    await place.until('log', (text) => text.includes('ready'));
    child.kill('SIGTERM');

    expect(await finished).toMatchObject({ code: 143 });
    expect(await place.read('log')).toBe('ready\ntidied\n');
  });
});

describe('the id of a run', () => {
  it('runs once, however often it is called', async () => {
    await place.write('p.yaml', 'tasks: { a: echo a >> log }\n');
    await place.write('other.yaml', 'tasks: { a: echo b >> log }\n');
    const first = await place.run('p.yaml', '--run', 'once', '--slots', '1');
    const again = await place.run('p.yaml', '--run', 'once', '--slots', '1');
    const other = await place.run('other.yaml', '--run', 'once', '--slots', '1');
    const resumed = await place.run('--resume', 'once', '--slots', '1', '--json');

    expect([first.code, again.code, other.code, resumed.code]).toEqual([0, 0, 1, 0]);
    expect(again.stderr).toMatch(/run once has ended before; nothing of it runs again/);
    expect(other.stderr).toMatch(/run once was begun with another pipeline/);
    expect(PipelinePlace.events(resumed.stdout).at(-1)).toMatchObject({ event: 'finished', outcome: 'success', tasks: { succeeded: 1 } });
    expect(await place.read('log')).toBe('a\n');
  });

  it('of a run that failed runs again what failed, when it is resumed', async () => {
    await place.write('p.yaml', 'tasks:\n  a: echo a >> log\n  b: { command: "[ -e go ]", depends_on: a }\n  c: { command: echo c >> log, depends_on: b }\n');
    const failed = await place.run('p.yaml', '--run', 'f', '--slots', '1');
    const again = await place.run('p.yaml', '--run', 'f', '--slots', '1');
    await place.write('go', '');
    const resumed = await place.run('--resume', 'f', '--slots', '1');

    expect([failed.code, again.code, resumed.code]).toEqual([1, 1, 0]);
    expect(await place.read('log')).toBe('a\nc\n');
  });

  it('that this machine does not know is refused', async () => {
    expect(await place.run('--resume', 'nobody')).toMatchObject({ code: 4, stderr: expect.stringContaining('this machine began no pipeline run nobody') });
    expect(await place.run('--resume', 'latest')).toMatchObject({ code: 4 });
  });

  it('needs a place where it can be kept', async () => {
    await place.write('p.yaml', 'tasks: { a: echo a >> log }\n');
    await place.write('.state', 'a file, not a folder');

    expect(await place.run('p.yaml', '--slots', '1')).toMatchObject({ code: 2, stderr: expect.stringContaining('ORRERY_STATE_FOLDER names another place') });
    expect(await place.read('log')).toBe('');
  });
});
