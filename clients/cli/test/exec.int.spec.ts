import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ExecutionData } from '@orrery/sdk';
import { CommandLine } from './command-line.js';
import { FakePlatform } from './fake-platform.js';

let platform: FakePlatform;
let orrery: CommandLine;

beforeEach(async () => {
  platform = await FakePlatform.start();
  orrery = await CommandLine.create();
});

afterEach(async () => {
  await orrery.remove();
  await platform.stop();
});

function exec(...args: string[]) {
  return orrery.run(['exec', ...args], { url: platform.url });
}

function node(script: string): string[] {
  return ['--', process.execPath, '-e', script];
}

function lastTask(): NonNullable<ExecutionData['tasks']>[number] | undefined {
  return platform.said.flatMap(({ tasks = [] }) => tasks).at(-1);
}

function samples(): Record<string, number> {
  return Object.fromEntries(platform.said.flatMap(({ samples: found = [] }) => found).map(({ name, value }) => [name, value]));
}

/** An orphan that ended may stay as a zombie where process 1 does not collect it. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe('exec', () => {
  it('records a command as a run of one task, from its start to its end', async () => {
    const { code, stdout, stderr } = await exec('--workflow', 'release', '--task', 'build', '--depends-on', 'fetch,lint', ...node(`console.log('out'); console.error('err')`));

    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'out\n', stderr: 'err\n' });
    const [started, task] = platform.said;
    expect(started?.run).toMatchObject({ workflow: 'release', status: 'running', trigger: 'command' });
    expect(task?.tasks?.[0]).toMatchObject({ id: 'build', kind: 'command', depends_on: ['fetch', 'lint'], status: 'running', command_hash: expect.stringMatching(/^[0-9a-f]{64}$/), executor: { host: expect.any(String) } });
    expect(platform.said.flatMap(({ events = [] }) => events)).toEqual([expect.objectContaining({ task: 'build', kind: 'log', output: expect.stringMatching(/^(out\nerr\n|err\nout\n)$/), severity_number: 9 })]);
    expect(lastTask()).toMatchObject({ id: 'build', status: 'finished', outcome: 'success' });
    expect(platform.said.at(-1)?.run).toMatchObject({ status: 'finished', outcome: 'success' });
    expect(samples()).toMatchObject({ wall_seconds: expect.any(Number), cpu_seconds: expect.any(Number) });
  });

  it('shows a long command as running while it runs', async () => {
    const { finished } = orrery.start(['exec', ...node(`require('fs').watch('.', () => process.exit(0)); setTimeout(() => {}, 60000)`)], { url: platform.url });

    await platform.until(() => platform.said.some(({ tasks }) => tasks?.[0]?.status === 'running'));
    const before = platform.said.filter(({ tasks }) => tasks?.[0]?.status === 'finished');
    const timer = setInterval(() => void writeFile(join(orrery.folder, 'go'), String(Math.random())), 100);

    expect(before).toEqual([]);
    expect((await finished).code).toBe(0);
    clearInterval(timer);
  });

  it('hands standard input, every byte of output and the exit code on', async () => {
    const script = `process.stdin.pipe(process.stdout); process.stdin.on('end', () => process.exitCode = 42)`;
    const input = Buffer.from('no newline at the end: \u00e4\u001b[31m');

    const { code, stdout } = await orrery.run(['exec', ...node(script)], { url: platform.url, input });

    expect({ code, stdout }).toEqual({ code: 42, stdout: input.toString() });
    expect(lastTask()).toMatchObject({ outcome: 'failure', error: { type: 'ExitCode', exit_code: 42 } });
  });

  it('gives the command its own output with --tty and keeps none of it', async () => {
    const { code, stdout } = await exec('--tty', '--', 'echo', 'direct');

    expect({ code, stdout }).toEqual({ code: 0, stdout: 'direct\n' });
    expect(platform.said.some(({ events }) => events !== undefined)).toBe(false);
  });

  it('keeps large output whole and records its end', async () => {
    const { stdout } = await exec(...node(`for (let line = 0; line < 20000; line++) console.log('line ' + line)`));

    const [log] = platform.said.flatMap(({ events = [] }) => events);
    expect(stdout).toHaveLength(Array.from({ length: 20_000 }, (_, line) => `line ${line}\n`).join('').length);
    expect(log?.output).toBe(Array.from({ length: 200 }, (_, line) => `line ${19_800 + line}\n`).join(''));
    expect(log?.attributes).toMatchObject({ is_cut: true, total_bytes: stdout.length });
  });

  it('loses nothing when its reader is slow', async () => {
    const { process: child, finished } = orrery.start(['exec', '--', 'sh', '-c', 'head -c 5000000 /dev/zero'], { url: platform.url });
    child.stdout?.pause();
    await platform.until(() => platform.said.some(({ tasks }) => tasks !== undefined));
    setTimeout(() => child.stdout?.resume(), 1_500);

    const { code, stdout } = await finished;

    expect({ code, length: stdout.length }).toEqual({ code: 0, length: 5_000_000 });
  });

  it('gives the command real pipes, which can be opened by name', async () => {
    const { code, stdout, stderr } = await exec('--', 'sh', '-c', 'echo out > /dev/stdout; echo err > /dev/stderr');

    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'out\n', stderr: 'err\n' });
  });

  it('does not wait for what the command leaves in the background', async () => {
    const { code, stdout } = await exec('--', 'sh', '-c', 'sleep 30 & echo $!');

    process.kill(Number(stdout));
    expect(code).toBe(0);
  });

  it('ends the command when its reader goes away', async () => {
    const { code, stdout } = await new Promise<{ code: number | null; stdout: string }>((resolve) => {
      const { process: child, finished } = orrery.start(['exec', '--', 'yes'], { url: platform.url });
      child.stdout?.once('data', () => child.stdout?.destroy());
      void finished.then(resolve);
    });

    expect(stdout.startsWith('y\n')).toBe(true);
    // SIGPIPE, or the failure that yes makes of EPIPE where SIGPIPE is ignored.
    expect([141, 1]).toContain(code);
  });

  it.each([
    ['the signal that killed it', ['--', 'sh', '-c', 'kill -KILL $$'], 137, { type: 'SIGKILL' }],
    ['that there is no such command', ['--', './no-such-command'], 127, { type: 'CannotStart' }],
    ['that it may not be run', ['--', '/'], 126, { type: 'CannotStart' }],
  ])('tells %s', async (_, args, code, error) => {
    expect((await exec(...args)).code).toBe(code);
    expect(lastTask()).toMatchObject({ outcome: 'error', error: { ...error, exit_code: code } });
  });

  it('quotes the last line that a failed command wrote to standard error', async () => {
    await exec(...node(`console.error('first'); console.error('\\u001b[31mdisk full\\u001b[0m\\n'); process.exit(3)`));

    expect(lastTask()?.error).toEqual({ type: 'ExitCode', message: 'disk full', exit_code: 3 });
  });

  it('measures peak memory of the whole tree and CPU time', async () => {
    const hungry = `const b = Buffer.alloc(200e6, 1); while (process.cpuUsage().user < 5e5); setTimeout(() => {}, 300)`;

    await exec('--', 'sh', '-c', `"${process.execPath}" -e "${hungry}"; true`);

    const { peak_memory_bytes: peak = 0, cpu_seconds: cpu = 0 } = samples();
    expect(peak).toBeGreaterThan(200e6);
    expect(peak).toBeLessThan(500e6);
    expect(cpu).toBeGreaterThan(0.4);
  });

  it('hides secrets in the command', async () => {
    await exec('--', 'true', '--token=hunter2', '--password', 'hunter2', 'https://me:hunter2@example.com/x');

    expect(JSON.stringify(platform.said)).not.toContain('hunter2');
    expect(platform.said[1]?.tasks?.[0]?.labels?.['command']).toContain('--token=*** --password');
  });
});

describe('exec with files', () => {
  it('records what was written, with size and hash, and what was read', async () => {
    await mkdir(join(orrery.folder, 'dist'));
    for (const name of ['dist/old.txt', 'dist/touched.txt', 'in.csv']) await writeFile(join(orrery.folder, name), 'before');
    const script = `const fs = require('fs'); fs.writeFileSync('dist/new.txt', 'abc'); fs.writeFileSync('dist/touched.txt', 'after'); fs.writeFileSync('other.txt', 'x')`;

    await exec('--artifacts', 'dist/**', 'missing/*', '--inputs', '*.csv', ...node(script));

    const artifacts = platform.said.flatMap(({ artifacts: found = [] }) => found);
    const uri = (name: string) => pathToFileURL(join(orrery.folder, name)).href;
    const digest = (content: string) => `sha256:${createHash('sha256').update(content).digest('hex')}`;
    expect(artifacts).toHaveLength(3);
    expect(artifacts).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ direction: 'output', uri: uri('dist/new.txt'), size_bytes: 3, digest: digest('abc') }),
        expect.objectContaining({ direction: 'output', uri: uri('dist/touched.txt'), size_bytes: 5, digest: digest('after') }),
        expect.objectContaining({ direction: 'input', uri: uri('in.csv'), size_bytes: 6, digest: digest('before') }),
      ]),
    );
  });

  it('records commit, branch and origin of the repository it runs in', async () => {
    const git = (...args: string[]) => execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { cwd: orrery.folder, encoding: 'utf8' }).trim();
    git('init', '-q', '-b', 'feature/x');
    git('commit', '-q', '--allow-empty', '-m', 'first');
    git('remote', 'add', 'origin', 'https://me:hunter2@example.com/acme/shop.git');
    await mkdir(join(orrery.folder, 'inner'));

    await orrery.run(['exec', '--', 'true'], { url: platform.url, folder: join(orrery.folder, 'inner') });
    git('pack-refs', '--all');
    await exec('--', 'true');

    const expected = { repository_url: 'https://example.com/acme/shop', revision: git('rev-parse', 'HEAD'), ref_name: 'feature/x', ref_type: 'branch' };
    const runs = platform.said.map(({ run }) => run).filter(({ status }) => status === 'running');
    expect(runs.map(({ version_control: found }) => found)).toEqual([expected, expected]);
  });
});

describe('exec that is told to stop', () => {
  it('passes SIGTERM on, leaves no orphans and records a cancellation', async () => {
    const { process: child, finished } = orrery.start(['exec', '--', 'sh', '-c', 'sleep 300 & echo $!; wait'], { url: platform.url });
    const orphan = await new Promise<number>((resolve) => child.stdout?.once('data', (text: string) => resolve(Number(text))));

    child.kill('SIGTERM');

    expect((await finished).code).toBe(143);
    // The system buries it a moment later.
    while (isAlive(orphan)) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(lastTask()).toMatchObject({ outcome: 'cancellation', error: { type: 'SIGTERM' } });
    expect(platform.said.at(-1)?.run).toMatchObject({ status: 'finished', outcome: 'cancellation' });
  });

  it('lets a command that takes SIGINT well have its own end', async () => {
    const script = `process.on('SIGINT', () => { console.log('tidied'); process.exit(0) }); setInterval(() => {}, 1000); console.log('ready')`;
    const { process: child, finished } = orrery.start(['exec', ...node(script)], { url: platform.url });
    await new Promise((resolve) => child.stdout?.once('data', resolve));

    child.kill('SIGINT');

    expect(await finished).toMatchObject({ code: 0, stdout: 'ready\ntidied\n' });
    expect(lastTask()).toMatchObject({ outcome: 'success' });
  });

  it('ends command and children at the time limit', async () => {
    const { code, stdout } = await exec('--timeout', '0.5', '--', 'sh', '-c', 'sleep 300 & echo $!; wait');

    expect(code).toBe(124);
    expect(isAlive(Number(stdout))).toBe(false);
    expect(lastTask()).toMatchObject({ outcome: 'timeout', error: { type: 'Timeout' } });
  });
});

describe('exec when the platform is away', () => {
  it('gives the same result with one line of warning, and the next call delivers', async () => {
    const { port, url } = platform;
    await platform.stop();

    const away = await orrery.run(['exec', '--task', 'lonely', ...node(`console.log('out'); process.exit(5)`)], { url });
    platform = await FakePlatform.start(undefined, port);
    const next = await exec('--task', 'second', '--', 'true');

    expect(away).toMatchObject({ code: 5, stdout: 'out\n' });
    expect(away.stderr).toMatch(/^orrery: \d+ events could not be delivered to .* \(ECONNREFUSED\); they wait in .* for the next call\n$/);
    expect(next).toMatchObject({ code: 0, stderr: '' });
    const outcomes = platform.said.flatMap(({ tasks = [] }) => tasks).map(({ id, outcome }) => `${id} ${outcome ?? 'runs'}`);
    expect(outcomes).toEqual(expect.arrayContaining(['lonely runs', 'lonely failure', 'second runs', 'second success']));
    expect(await readdir(join(orrery.stateFolder, 'spool', (await readdir(join(orrery.stateFolder, 'spool')))[0] ?? ''))).toEqual([]);
  });

  it('is not held up for long by a platform that hangs', async () => {
    await platform.stop();
    platform = await FakePlatform.start(() => 'hang');

    const { code, stdout, stderr } = await exec('--', 'echo', 'out');

    expect({ code, stdout }).toEqual({ code: 0, stdout: 'out\n' });
    expect(stderr).toMatch(/events could not be delivered/);
  });

  it('works where nothing can be kept', async () => {
    await writeFile(orrery.stateFolder, 'a file, not a folder');

    const { code, stderr } = await orrery.run(['exec', '--run', 'r', '--', 'true']);

    expect(code).toBe(0);
    expect(stderr).toMatch(/and are lost: .* cannot be written/);
  });
});

describe('exec of several steps', () => {
  it('builds one run, which ends with its last step and fails if one of them did', async () => {
    const step = (...args: string[]) => orrery.run(['exec', '--run', 'build-7', ...args], { url: platform.url });
    await step('--workflow', 'pipeline', '--task', 'compile', '--', 'true');
    await step('--task', 'test', '--depends-on', 'compile', '--', 'false');
    await step('--task', 'test', '--depends-on', 'compile', '--', 'true');
    await step('--task', 'lint', '--', 'false');
    await step('--task', 'report', '--finish', '--', 'true');

    const runs = platform.said.map(({ run }) => run).filter(({ status }) => status !== undefined);
    const tasks = platform.said.flatMap(({ tasks: found = [] }) => found).filter(({ status }) => status === 'finished');
    expect(runs).toEqual([expect.objectContaining({ id: 'build-7', workflow: 'pipeline', status: 'running' }), expect.objectContaining({ id: 'build-7', status: 'finished', outcome: 'failure' })]);
    expect(new Set(platform.said.map(({ run }) => run.id))).toEqual(new Set(['build-7']));
    expect(tasks.map(({ id, attempt, outcome }) => `${id} ${attempt} ${outcome}`)).toEqual(['compile 1 success', 'test 1 failure', 'test 2 success', 'lint 1 failure', 'report 1 success']);
  });

  it('takes the run from the environment of a script', async () => {
    for (const task of ['a', 'b']) await orrery.run(['exec', '--task', task, '--', 'true'], { url: platform.url, environment: { ORRERY_RUN_ID: 'script-1' } });

    expect(new Set(platform.said.map(({ run }) => run.id))).toEqual(new Set(['script-1']));
    expect(platform.said.filter(({ run }) => run.status !== undefined)).toHaveLength(1);
  });

  it('ends with `run finish`; a step after that begins the next attempt', async () => {
    const url = platform.url;
    await orrery.run(['exec', '--run', 'r', '--task', 'a', '--', 'true'], { url });
    const finished = await orrery.run(['run', 'finish', 'r', '--json'], { url });
    await orrery.run(['exec', '--run', 'r', '--task', 'a', '--', 'true'], { url });

    expect(await orrery.run(['run', 'finish', 'never-begun'], { url })).toMatchObject({ code: 4, stderr: expect.stringContaining('this machine began no run never-begun') });
    expect(JSON.parse(finished.stdout)).toMatchObject({ run: 'r', attempt: 1, outcome: 'success' });
    const states = platform.said.map(({ run }) => run).filter(({ status }) => status !== undefined);
    expect(states.map(({ attempt, status }) => `${attempt} ${status}`)).toEqual(['1 running', '1 finished', '2 running']);
  });

  it('makes calls inside a recorded command steps of it', async () => {
    const inner = [...CommandLine.words, 'exec', '--task', 'inner', '--', 'true'].map((word) => `'${word}'`).join(' ');

    await exec('--task', 'outer', '--', 'sh', '-c', inner);

    const started = platform.said.flatMap(({ tasks = [], run }) => tasks.filter(({ status }) => status === 'running').map(({ id, parent }) => ({ id, parent, run: run.id })));
    expect(started).toEqual([
      { id: 'outer', run: expect.any(String) },
      { id: 'outer/inner', parent: 'outer', run: started[0]?.run },
    ]);
    expect(platform.said.filter(({ run }) => run.status === 'finished')).toHaveLength(1);
  });

  it('lets a program inside record into its step', async () => {
    const sdk = new URL('../../sdk/src/index.ts', import.meta.url).href;
    await writeFile(join(orrery.folder, 'host.mjs'), `import { Orrery } from '${sdk}'; const orrery = new Orrery(); orrery.inherited().event('log', { output: 'inside' }); await orrery.close();`);

    await exec('--task', 'outer', '--', ...CommandLine.words.slice(0, -1), join(orrery.folder, 'host.mjs'));

    const inside = platform.said.find(({ events }) => events?.[0]?.output === 'inside');
    expect(inside).toMatchObject({ run: { id: platform.said[0]?.run.id, source: expect.stringMatching(/^urn:orrery:host:/), attempt: 1 }, events: [{ task: 'outer' }] });
  });
});
