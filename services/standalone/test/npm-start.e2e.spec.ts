import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from './api.js';
import { eventually } from './eventually.js';
import { stillRunning } from './processes.js';
import { areGone, cleanUp, root, RunningPlatform } from './running-platform.js';

const startScript = [process.execPath, 'tools/start.mjs'];

interface Run {
  readonly run_id: string;
  readonly workflow: string;
  readonly status: string;
  readonly outcome: string;
  readonly duration_ms: number;
  readonly version_control: { readonly revision: string | null } | null;
}

interface Task {
  readonly task_id: string;
  readonly name: string;
  readonly outcome: string;
  readonly depends_on: readonly string[];
}

interface Artifact {
  readonly name: string;
  readonly digest: string;
  readonly size_bytes: number;
  readonly task_id: string;
}

afterAll(cleanUp);

describe('npm start', () => {
  let platform: RunningPlatform;
  let api: Api;
  let run: Run;

  beforeAll(async () => {
    platform = await RunningPlatform.start({ command: startScript });
    api = new Api(platform.url);
    run = await eventually(async () => (await api.get<{ items: Run[] }>('/api/v1/runs')).items[0]);
  });
  afterAll(() => platform.stop());

  it('says where to look, where the data lies and how to stop', () => {
    expect(platform.output).toMatch(/^ {2}look at runs +http:\/\/127\.0\.0\.1:\d+$/m);
    expect(platform.output).toContain(`data in ${platform.dataFolder}`);
    expect(platform.output).toContain('stop with Ctrl-C');
    expect(platform.errors).toBe('');
  });

  it('shows the web page at its address', async () => {
    const page = await api.call('GET', '/');

    expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('records its own build as the first run, step by step', async () => {
    const { tasks } = await api.get<{ tasks: Task[] }>(`/api/v1/runs/${run.run_id}/graph`);
    const nameOf = new Map(tasks.map(({ task_id: id, name }) => [id, name]));

    expect(run).toMatchObject({ workflow: 'orrery build', status: 'finished', outcome: 'success', duration_ms: expect.any(Number) });
    expect(tasks.map(({ name }) => name)).toEqual(expect.arrayContaining(['compile', 'console']));
    expect(tasks.every(({ outcome }) => outcome === 'success')).toBe(true);
    expect(tasks.find(({ name }) => name === 'console')?.depends_on.map((id) => nameOf.get(id))).toEqual(['compile']);
  });

  it('says which commit was built, and what came out, by hash', async () => {
    const { items } = await api.get<{ items: Artifact[] }>(`/api/v1/runs/${run.run_id}/artifacts`);

    expect(run.version_control?.revision ?? null).toBe(headCommit());
    expect(items.length).toBeGreaterThan(5);
    for (const { name, digest, size_bytes: sizeBytes } of items) {
      const bytes = readFileSync(path.join(root, name));
      expect([digest, sizeBytes]).toEqual([`sha256:${createHash('sha256').update(bytes).digest('hex')}`, bytes.length]);
    }
  });

  it('can be asked later which build made a file', async () => {
    const { items } = await api.get<{ items: Artifact[] }>(`/api/v1/runs/${run.run_id}/artifacts`);
    const { versions } = await api.get<{ versions: { produced_by: { run: Run; task: Task; actor: string }[] }[] }>(`/api/v1/artifacts/provenance?hash=${items[0]?.digest}`);

    expect(versions[0]?.produced_by[0]).toMatchObject({ run: { run_id: run.run_id }, task: { task_id: items[0]?.task_id }, actor: 'npm start' });
  });
});

describe('the end of npm start', () => {
  it('on a signal to it alone is that of the server too, with code 0', async () => {
    const platform = await RunningPlatform.start({ command: startScript });
    const processes = platform.processes();

    expect(await platform.stop('SIGINT')).toEqual({ code: 0, signal: null });
    expect(stillRunning(processes)).toEqual([]);
    expect(platform.errors).toBe('');
  });

  it.each([
    ['npm', ['npm', 'start', '--silent']],
    ['the script that npm runs', startScript],
  ])('when %s is killed, is that of the server and the database too', async (_who, command) => {
    const platform = await RunningPlatform.start({ command });
    const processes = platform.processes();
    platform.child.kill('SIGKILL');

    expect(processes.length).toBeGreaterThan(5);
    await areGone(processes);
  });
});

describe('npm start with parameters', () => {
  it('explains itself, or says that it takes none', async () => {
    const help = RunningPlatform.launch({ command: [...startScript, '--help'] });
    const wrong = RunningPlatform.launch({ command: [...startScript, '--port', '8080'] });

    expect(await help.ended).toEqual({ code: 0, signal: null });
    expect(help.output).toContain('ORRERY_PORT=8080 npm start');
    expect(await wrong.ended).toEqual({ code: 2, signal: null });
    expect(wrong.errors).toMatch(/^orrery: npm start takes no arguments[^\n]*\n$/);
  });
});

function headCommit(): string | null {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return null;
  }
}
