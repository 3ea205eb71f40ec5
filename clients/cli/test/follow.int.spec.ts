import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CommandLine } from './command-line.js';
import { FakePlatform, type Handler } from './fake-platform.js';
import { aRun, RUN_ID } from './sample-answers.js';

let platform: FakePlatform;
let orrery: CommandLine;
let handler: Handler;

beforeEach(async () => {
  handler = () => undefined;
  platform = await FakePlatform.start((request, url) => handler(request, url));
  orrery = await CommandLine.create();
});

afterEach(async () => {
  await orrery.remove();
  await platform.stop();
});

function change(cursor: string, status: string, outcome: string | null = null, runId = RUN_ID): string {
  const tasks = [{ task_id: 't', name: 'build', status, outcome }];
  return JSON.stringify({ type: 'run.changed', cursor, run_id: runId, run: { status, outcome, workflow: 'nightly', engine: 'orrery' }, tasks, events: 2, artifacts: 1 });
}

describe('follow', () => {
  it('shows the changes of a run until it ends, and takes up where a broken connection left off', async () => {
    handler = () => ({ json: aRun({ status: 'running', outcome: null }) });
    const paths: string[] = [];
    platform.onLive((socket, path) => {
      paths.push(path);
      socket.send(JSON.stringify({ type: 'hello', cursor: `c${paths.length}` }));
      if (paths.length === 1) {
        socket.send(change('c7', 'running'));
        setTimeout(() => socket.terminate(), 50);
      } else socket.send(change('c8', 'finished', 'failure'));
    });

    const { code, stdout, stderr } = await orrery.run(['follow', RUN_ID, '--exit-status'], { url: platform.url });

    expect(code).toBe(1);
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d 3f2a0000 ● nightly running {2}● build {2}\+2 events {2}\+1 files\n\d\d:\d\d:\d\d 3f2a0000 ✗ nightly failure {2}✗ build .*\n$/);
    expect(stderr).toMatch(/^orrery: .*; connecting again\n$/);
    expect(paths).toEqual([`/api/v1/live?run_id=${RUN_ID}`, `/api/v1/live?cursor=c7&run_id=${RUN_ID}`]);
  });

  it('prints a line of JSON for each change of any run, with the key in the header', async () => {
    platform.onLive((socket) => {
      socket.send('not json');
      socket.send(change('1', 'queued'));
      socket.send(change('2', 'running', null, 'other'));
    });
    const { process: child, finished } = orrery.start(['follow', '--json'], { url: platform.url, environment: { ORRERY_API_KEY: 'secret' } });
    let seen = '';
    await new Promise<void>((resolve) => child.stdout?.on('data', (text: string) => (seen += text).split('\n').length === 3 && resolve()));

    child.kill('SIGINT');

    expect(await finished).toMatchObject({ stdout: `${change('1', 'queued')}\n${change('2', 'running', null, 'other')}\n`, stderr: '' });
    expect(platform.received.at(-1)?.headers.authorization).toBe('Bearer secret');
  });

  it('tells at once how a run ended that is over', async () => {
    handler = () => ({ json: aRun({ status: 'finished', outcome: 'success' }) });

    expect(await orrery.run(['follow', RUN_ID, '--exit-status'], { url: platform.url })).toMatchObject({ code: 0, stdout: expect.stringContaining('✓ nightly success') });
  });

  it('says when nobody answers', async () => {
    expect(await orrery.run(['follow'])).toMatchObject({ code: 3, stderr: expect.stringMatching(/^orrery: no answer from .*ECONNREFUSED.*npm start/) });
  });
});
