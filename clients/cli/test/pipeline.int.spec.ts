import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FakePlatform } from './fake-platform.js';
import { PipelinePlace, startable } from './pipeline-place.js';

let place: PipelinePlace;

beforeEach(async () => {
  place = await PipelinePlace.create();
});

afterEach(() => place.remove());

const DIAMOND = `
name: release
namespace: shop
labels: { team: web }
weight: 2
env: { SHARED: all }
tasks:
  fetch: echo fetch $SHARED >> log
  build: { command: echo build >> log, depends_on: fetch, expected: 1s }
  test: { command: 'echo test $ORRERY_INDEX >> log', depends_on: fetch, count: 2 }
  publish: { command: [sh, -c, 'echo publish >> log'], depends_on: [build, test] }
`;

describe('a pipeline', () => {
  it('runs in the order of its graph and is recorded as a run with its tasks', async () => {
    await place.write('p.yaml', DIAMOND);

    const { code, stdout } = await place.run('p.yaml', '--slots', '2');

    const lines = (await place.read('log')).trim().split('\n');
    expect(code).toBe(0);
    expect(lines[0]).toBe('fetch all');
    expect(lines.slice(1, 4).sort()).toEqual(['build', 'test 0', 'test 1']);
    expect(lines.slice(4)).toEqual(['publish']);
    expect(stdout).toMatch(/release: success in .*, 5 succeeded\n$/);
    expect(place.platform.said[0]?.run).toMatchObject({ workflow: 'release', namespace: 'shop', status: 'running', trigger: 'pipeline', labels: { team: 'web' } });
    expect(place.tasks.filter(({ status }) => status === 'queued').map(({ id, name, depends_on }) => [id, name, depends_on])).toEqual([
      ['fetch', 'fetch', []],
      ['build', 'build', ['fetch']],
      ['test[0]', 'test', ['fetch']],
      ['test[1]', 'test', ['fetch']],
      ['publish', 'publish', ['build', 'test[0]', 'test[1]']],
    ]);
    expect(place.ends.sort()).toEqual(['build 1 success', 'fetch 1 success', 'publish 1 success', 'test[0] 1 success', 'test[1] 1 success']);
    expect(place.runEnd).toMatchObject({ outcome: 'success' });
    const samples = place.platform.said.flatMap(({ samples: found = [] }) => found);
    expect(new Set(samples.filter(({ name }) => name === 'wall_seconds').map(({ task }) => task)).size).toBe(5);
  });

  it('starts what the scheduler says, which is asked whenever slots are free', async () => {
    place.advise = (question) => startable(question).slice(-1).map((each) => ({ ...each, count: 1, reason: 'because' }));
    await place.write('p.yaml', 'name: w\nweight: 2\ntasks:\n  a: echo a >> log\n  b: echo b >> log\n  c: { command: echo c >> log, memory: 64MiB, expected: 2s }\n');

    const { code, stdout } = await place.run('p.yaml', '--slots', '1', '--memory', '1GiB', '--policy', 'srpt-cp', '--json');

    expect(code).toBe(0);
    expect(await place.read('log')).toBe('c\nb\na\n');
    expect(place.asked).toHaveLength(3);
    expect(place.asked[0]).toMatchObject({
      policy: 'srpt-cp',
      pools: [{ slots: 1, free_slots: 1, memory_bytes: 2 ** 30, free_memory_bytes: 2 ** 30 }],
      runs: [{ workflow: 'w', weight: 2, tasks: [{ name: 'a', count: 1, running: 0, finished: 0 }, { name: 'b' }, { name: 'c', memory_bytes: 2 ** 26, duration_ms: 2_000 }] }],
    });
    expect(place.asked[2]?.runs[0]?.tasks.map(({ name, finished }) => `${name} ${finished}`)).toEqual(['a 0', 'b 1', 'c 1']);
    const started = PipelinePlace.events(stdout).filter(({ event }) => event === 'started');
    expect(started[0]).toMatchObject({ task: 'c', slot: 0, reason: 'because', policy: 'srpt-cp' });
  });

  it('says once when another policy decides than the one that was asked for', async () => {
    place.advise = startable;
    place.fallback = { fallback: 'no_policy', fallback_words: 'there is no policy learned yet' };
    await place.write('p.yaml', 'tasks:\n  a: "true"\n  b: { command: "true", depends_on: a }\n');

    const { code, stdout, stderr } = await place.run('p.yaml', '--slots', '1', '--policy', 'learned', '--json');

    const events = PipelinePlace.events(stdout);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(events.filter(({ event }) => event === 'remark').map(({ text }) => text)).toEqual(['fair decides in place of learned: there is no policy learned yet']);
    expect(events.filter(({ event }) => event === 'started').map(({ fallback }) => fallback)).toEqual(['no_policy', 'no_policy']);
  });

  it.each([
    ['is not there', () => ({ status: 404, json: { detail: 'no such route' } })],
    ['refuses', () => ({ status: 400, json: { code: 'ORRERY_VALIDATION', detail: 'there is no policy x' } })],
    ['hangs', () => 'hang' as const],
    ['breaks off', () => 'reset' as const],
    ['talks nonsense', () => ({ json: { assignments: [{ run_id: 'other', task: 'x', count: 1 }] } })],
    ['says nothing', () => ({ json: null })],
  ])('goes on in plain order, and says so once, when the scheduler %s', async (_, advice) => {
    place.advise = advice;
    await place.write('p.yaml', 'tasks:\n  short: echo short >> log\n  a: echo a >> log\n  b: { command: echo b >> log, depends_on: a }\n');

    const { code, stderr } = await place.run('p.yaml', '--slots', '1');

    expect(code).toBe(0);
    // The longest chain first.
    expect((await place.read('log')).split('\n')[0]).toBe('a');
    expect(stderr.match(/does not help/g)).toHaveLength(1);
  });

  it('does not stand still when the scheduler starts nothing, or what cannot start', async () => {
    place.advise = (question) => (place.asked.length % 2 === 0 ? [] : [{ run_id: question.runs[0]?.run_id ?? '', task: 'b', count: 3 }]);
    await place.write('p.yaml', 'tasks:\n  a: echo a >> log\n  b: { command: echo b >> log, depends_on: a }\n');

    const { code, stderr } = await place.run('p.yaml', '--slots', '2');

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(await place.read('log')).toBe('a\nb\n');
  });

  it('runs without any platform, and what it has to tell waits for the next call', async () => {
    const { port } = place.platform;
    await place.platform.stop();
    await place.write('p.yaml', 'tasks: { a: echo a >> log }\n');

    const { code, stderr } = await place.orrery.run(['run', 'p.yaml', '--slots', '1'], { url: `http://127.0.0.1:${port}` });
    place.platform = await FakePlatform.start(undefined, port);
    await place.orrery.run(['exec', '--', 'true'], { url: place.platform.url });

    expect(code).toBe(0);
    expect(stderr.trim().split('\n')).toEqual([expect.stringMatching(/the scheduler at .* does not help \(ECONNREFUSED\)/), expect.stringMatching(/events could not be delivered/)]);
    expect(place.ends).toContain('a 1 success');
  });
});

describe('a task that fails', () => {
  it('takes with it what depends on it, and nothing else', async () => {
    await place.write('p.yaml', 'tasks:\n  bad: echo broken >&2; exit 3\n  after: { command: "true", depends_on: bad }\n  last: { command: "true", depends_on: after }\n  other: sleep 0.2\n  more: { command: "true", depends_on: other }\n');

    const { code, stdout } = await place.run('p.yaml', '--slots', '2');

    expect(code).toBe(1);
    expect(place.ends.sort()).toEqual(['after 1 skip', 'bad 1 failure', 'last 1 skip', 'more 1 success', 'other 1 success']);
    expect(place.tasks.find(({ outcome }) => outcome === 'failure')?.error).toEqual({ type: 'ExitCode', message: 'broken', exit_code: 3 });
    expect(place.runEnd).toMatchObject({ outcome: 'failure', error: { message: 'bad: broken' } });
    expect(stdout).toMatch(/✗ bad .*: broken\n {2}\| broken\n↷ after, last: skipped, bad failed\n/);
  });

  it('is tried again as often as it may be, each time as its next attempt', async () => {
    await place.write('p.yaml', 'tasks:\n  flaky: { command: "echo $ORRERY_TASK_ATTEMPT >> log; [ $ORRERY_TASK_ATTEMPT = 3 ]", retries: 2, backoff: 10ms }\n  after: { command: "true", depends_on: flaky }\n');

    expect(await place.run('p.yaml', '--slots', '1')).toMatchObject({ code: 0 });
    expect(place.ends).toEqual(['flaky 1 failure', 'flaky 2 failure', 'flaky 3 success', 'after 1 success']);
  });

  it('stops everything with --fail-fast', async () => {
    await place.write('p.yaml', 'tasks:\n  long: echo $$ >> log; exec sleep 300\n  bad: "while [ ! -s log ]; do sleep 0.02; done; false"\n  never: { command: "true", depends_on: long }\n');

    const { code } = await place.run('p.yaml', '--slots', '2', '--fail-fast');

    expect(code).toBe(1);
    expect(place.ends.sort()).toEqual(['bad 1 failure', 'long 1 cancellation', 'never 1 cancellation']);
    expect(place.runEnd).toMatchObject({ outcome: 'failure' });
  });

  it.each([
    ['a time limit', '{ command: sleep 300, timeout: 200ms }', 'timeout', 'Timeout'],
    ['a program that is not there', '[./no-such-program]', 'failure', 'ExitCode'],
    ['a folder that is not there', '{ command: "true", folder: nowhere }', 'failure', 'ExitCode'],
  ])('is told of %s', async (_, task, outcome, type) => {
    await place.write('p.yaml', `tasks:\n  a: ${task}\n`);

    expect(await place.run('p.yaml', '--slots', '1')).toMatchObject({ code: 1 });
    expect(place.tasks.at(-1)).toMatchObject({ outcome, error: { type } });
  });
});

describe('memory', () => {
  const hog = (mebibytes: number) => `[${JSON.stringify(process.execPath)}, -e, "const b = Buffer.alloc(${mebibytes} * 2 ** 20, 1); setTimeout(() => b, 400)"]`;

  it('is given in greater amounts to a task that wants more, within what there is', async () => {
    await place.write('p.yaml', `tasks:\n  hog: { command: ${hog(150)}, memory: 120MiB }\n  never: { command: ${hog(700)}, memory: 300MiB }\n`);

    const { code, stdout } = await place.run('p.yaml', '--slots', '2', '--memory', '600MiB');

    expect(code).toBe(1);
    expect(place.ends.sort()).toEqual(['hog 1 error', 'hog 2 success', 'never 1 error', 'never 2 error']);
    expect(place.tasks.filter(({ outcome }) => outcome === 'error').every(({ error }) => error?.type === 'OutOfMemory')).toBe(true);
    expect(stdout).toMatch(/hog .*used more than the 120 MiB it was given .* -> again with 240 MiB/);
    const limits = place.platform.said.flatMap(({ samples = [] }) => samples).filter(({ name, task }) => name === 'memory_limit_bytes' && task === 'hog');
    expect(limits.map(({ value }) => value / 2 ** 20)).toEqual([120, 240]);
    expect(place.platform.said.flatMap(({ samples = [] }) => samples).filter(({ name, task }) => name === 'peak_memory_bytes' && task === 'hog').at(-1)?.value).toBeGreaterThan(150 * 2 ** 20);
  });

  it.each([
    ['killed by the system', '[ $ORRERY_TASK_ATTEMPT = 2 ] || kill -KILL $$'],
    ['out of it by its own words', '[ $ORRERY_TASK_ATTEMPT = 2 ] || { echo "MemoryError" >&2; exit 1; }'],
  ])('is given once more to a task that is %s', async (_, command) => {
    await place.write('p.yaml', `tasks:\n  a: { command: '${command}', memory: 64MiB }\n`);

    expect(await place.run('p.yaml', '--slots', '1')).toMatchObject({ code: 0 });
    expect(place.ends).toEqual(['a 1 error', 'a 2 success']);
  });

  it('is shared: tasks that do not fit together come one after the other', async () => {
    await place.write('p.yaml', 'tasks:\n  a: { command: "echo + >> log; sleep 0.2; echo - >> log", memory: 60MiB, count: 3 }\n  small: { command: "true", memory: 30MiB }\n');

    expect(await place.run('p.yaml', '--slots', '4', '--memory', '100MiB')).toMatchObject({ code: 0 });
    expect(await place.read('log')).toBe('+\n-\n'.repeat(3));
  });

  it('is not there for a task that could never run', async () => {
    await place.write('p.yaml', 'tasks:\n  a: { command: "true", memory: 2GiB }\n');

    expect(await place.run('p.yaml', '--memory', '1GiB')).toMatchObject({ code: 2, stderr: expect.stringContaining('more memory than the 1 GiB there are: a (2 GiB)') });
  });
});

describe('the command line of run', () => {
  it('tells all that is wrong with a pipeline and runs nothing of it', async () => {
    await place.write('p.yaml', 'tasks:\n  a: { command: echo a >> log, depends_on: nobody }\n  b: { comand: x }\n');

    const { code, stderr } = await place.run('p.yaml');

    expect(code).toBe(2);
    expect(stderr).toMatch(/p\.yaml:2: task a: depends_on: there is no task nobody\np\.yaml:3: task b: comand: there is no such field; command is meant\?\np\.yaml:3: task b: command: is missing/);
    expect(await place.read('log')).toBe('');
  });

  it('shows the plan with --dry-run', async () => {
    await place.write('p.yaml', DIAMOND);

    const { code, stdout } = await place.run('p.yaml', '--dry-run');
    const json = await place.run('p.yaml', '--dry-run', '--json');

    expect(code).toBe(0);
    expect(stdout.split('\n').slice(1, 6).map((line) => line.split(' ')[0])).toEqual(['TASK', 'fetch', 'build', 'test', 'publish']);
    expect(JSON.parse(json.stdout)).toMatchObject({ name: 'release', tasks: 5, longest_chain_ms: null });
    expect(await place.read('log')).toBe('');
  });

  it.each([
    [[], /name a pipeline file, or a run with --resume/],
    [['nowhere.yaml'], /nowhere\.yaml cannot be read \(ENOENT\)/],
    [['p.yaml', '--slots', '0'], /--slots.*must be a whole number/],
    [['p.yaml', '--memory', 'much'], /--memory.*must be an amount of memory/],
    [['p.yaml', '--run', '../x'], /--run must be letters/],
    [['p.yaml', '--resume', 'x'], /--resume takes a run up as it was begun/],
    [['p.yaml', '--worker', 'w', '--slots', '2'], /--worker uses the slots/],
  ])('refuses %j', async (args, expected) => {
    await place.write('p.yaml', 'tasks: { a: "true" }\n');

    const { code, stderr } = await place.run(...args);

    expect(code).toBe(2);
    expect(stderr).toMatch(expected);
  });

  it('shows what tasks wrote, and keeps it', async () => {
    await place.write('p.yaml', 'tasks:\n  a: "echo one; echo two >&2"\n');

    const { stdout } = await place.run('p.yaml', '--slots', '1', '--output', 'all');

    expect(stdout).toMatch(/✓ a .*\n {2}\| one\n {2}\| two\n/);
    expect(place.platform.said.flatMap(({ events = [] }) => events)).toEqual([expect.objectContaining({ task: 'a', kind: 'log', output: 'one\ntwo\n' })]);
  });

  it('records files that tasks read and write', async () => {
    await place.write('in.txt', 'in');
    await place.write('p.yaml', "tasks:\n  a: { command: cp in.txt out.txt, artifacts: ['out.*'], inputs: in.txt }\n");

    await place.run('p.yaml', '--slots', '1');

    const artifacts = place.platform.said.flatMap(({ artifacts: found = [] }) => found);
    expect(artifacts.map(({ direction, uri }) => `${direction} ${uri?.split('/').at(-1)}`).sort()).toEqual(['input in.txt', 'output out.txt']);
  });
});
