import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@orrery/stats';
import fc from 'fast-check';
import { around, follow, minute, runEnd, shapeAfter, startMs, taskEnd, type SpecTask } from '../../../test/running-scene.js';
import { predictRun, type RunQuestion } from './predict-run.js';
import { emptyProgress, type RunProgress } from './run-progress.js';
import type { WorkflowShape } from './workflow-shape.js';

const build: SpecTask = { name: 'build', from: 0, to: 4 };
const test: SpecTask = { name: 'test', from: 4, to: 14, after: ['build'] };
const lint: SpecTask = { name: 'lint', from: 4, to: 5, after: ['build'] };
const deploy: SpecTask = { name: 'deploy', from: 14, to: 17, after: ['test', 'lint'] };
const release = [build, lint, test, deploy];
const shape = shapeAfter(release, release, release);
const minutesOf: Readonly<Record<string, number>> = { build: 4, lint: 1, test: 10, deploy: 3 };

const running = (...tasks: readonly SpecTask[]): RunProgress => ({ ...follow(shape, tasks.map((task) => taskEnd(task))).progress, startedAtMs: startMs });

function ask({ at, ...given }: Partial<RunQuestion> & { readonly at: number; readonly shape?: WorkflowShape | null }) {
  return predictRun({ shape, progress: running(), durationOf: (task) => (minutesOf[task] === undefined ? null : around(minutesOf[task])), runDuration: null, nowMs: startMs + at * minute, ...given });
}

const minutesTo = (atMs: number | undefined) => ((atMs ?? NaN) - startMs) / minute;

describe('the end of a run', () => {
  it('follows the critical path over the tasks that are left', () => {
    const eta = ask({ at: 0 });

    expect(eta.criticalPath).toEqual(['build', 'test', 'deploy']);
    expect(minutesTo(eta.end?.p50Ms)).toBeGreaterThan(16);
    expect(minutesTo(eta.end?.p50Ms)).toBeLessThan(19);
    expect(eta.basis).toMatchObject({ method: 'critical_path', runs: 3, tasks: 4, assumptions: [expect.stringContaining('No fact tells that a task has started'), expect.any(String)] });
  });

  it('moves with each task that ends', () => {
    const eta = ask({ at: 6, progress: running({ ...build, to: 6 }) });

    expect(minutesTo(eta.end?.p50Ms)).toBeGreaterThan(18);
    expect(minutesTo(eta.end?.p50Ms)).toBeLessThan(21);
    expect(eta.remaining.map(({ task, state }) => [task, state])).toEqual([['lint', 'running'], ['test', 'running'], ['deploy', 'waiting']]);
    expect(eta.progress).toBeGreaterThan(0.25);
    expect(eta.progress).toBeLessThan(0.4);
  });

  it('is later for a task that has run for longer than usual', () => {
    const eta = ask({ at: 40, progress: running(build) });
    const test = eta.remaining.find(({ task }) => task === 'test');

    expect(test).toMatchObject({ isOverdue: true, state: 'running', isCritical: true });
    expect(minutesTo(eta.end?.p50Ms)).toBeGreaterThan(45);
  });

  it('is about now when all tasks have ended', () => {
    const eta = ask({ at: 18, progress: running(...release) });

    expect(eta).toMatchObject({ end: { p10Ms: startMs + 18 * minute, p50Ms: startMs + 18 * minute, p90Ms: startMs + 18 * minute }, criticalPath: [], remaining: [], progress: 1 });
  });

  it('is the real one once the run has ended', () => {
    const { progress } = follow(shape, [taskEnd(build), runEnd(5, 'failure')]);

    expect(ask({ at: 30, progress, deadlineMs: startMs + 6 * minute })).toMatchObject({ end: { p10Ms: startMs + 5 * minute, p90Ms: startMs + 5 * minute }, missProbability: 0, basis: { method: 'finished' } });
  });

  it('rests on whole runs where no tasks are known', () => {
    const eta = ask({ at: 5, shape: null, runDuration: around(20), deadlineMs: startMs + 20 * minute });

    expect(minutesTo(eta.end?.p50Ms)).toBeGreaterThan(19);
    expect(minutesTo(eta.end?.p50Ms)).toBeLessThan(22);
    expect(eta.missProbability).toBeCloseTo(0.5, 1);
    expect(eta.basis.method).toBe('run_history');
    expect(ask({ at: 90, shape: null, runDuration: around(20) }).end?.p50Ms).toBeGreaterThan(startMs + 90 * minute);
    expect(ask({ at: 5, shape: null })).toMatchObject({ end: null, missProbability: null, basis: { method: 'none' } });
  });

  it('uses what the last runs took where nothing else is known of a task', () => {
    expect(minutesTo(ask({ at: 0, durationOf: () => null }).end?.p50Ms)).toBeGreaterThan(16);
  });
});

describe('a deadline', () => {
  it('is missed the likelier the nearer it is', () => {
    const missed = [5, 12, 17, 22, 60].map((deadline) => ask({ at: 0, deadlineMs: startMs + deadline * minute }).missProbability!);

    expect(missed).toEqual([...missed].sort((left, right) => right - left));
    expect(missed[0]).toBe(1);
    expect(missed.at(-1)).toBeLessThan(0.02);
    expect(ask({ at: 20, deadlineMs: startMs + 10 * minute }).missProbability).toBe(1);
  });
});

describe('what runs really do', () => {
  it('a failed task stops what waits for it, unless failures are usually tried again', () => {
    const failed: SpecTask = { ...build, outcome: 'failure' };
    const tries = [failed, { ...build, attempt: 2, from: 4, to: 8 }, { ...test, from: 8, to: 18 }];
    const patient = shapeAfter(...Array.from({ length: 10 }, () => tries));

    expect(ask({ at: 5, progress: running(failed) }).remaining).toEqual([]);
    expect(ask({ at: 5, progress: running(failed), shape: patient }).criticalPath).toEqual(['build', 'test']);
    expect(ask({ at: 9, progress: running(failed, { ...build, attempt: 2, from: 5, to: 8 }), shape: patient }).criticalPath).toEqual(['test']);
  });

  it('a container ends after all that it contains, and is awaited as a whole', () => {
    const nested: readonly SpecTask[] = [
      { name: 'checkout', from: 0, to: 1, in: 'job' },
      { name: 'compile', from: 1, to: 9, in: 'job' },
      { name: 'job', from: 0, to: 9 },
      { name: 'publish', from: 9, to: 11, after: ['job'] },
    ];
    const minutes: Readonly<Record<string, number>> = { checkout: 1, compile: 8, job: 9, publish: 2 };
    const eta = predictRun({ shape: shapeAfter(nested, nested), progress: running(nested[0]!), durationOf: (task) => around(minutes[task]!), runDuration: null, nowMs: startMs + minute });

    expect(eta.criticalPath).toEqual(['compile', 'publish']);
    expect(minutesTo(eta.end?.p50Ms)).toBeGreaterThan(10);
    expect(minutesTo(eta.end?.p50Ms)).toBeLessThan(13);
  });

  it('a task of which nothing was told has ended when one has begun that waits for it', () => {
    const eta = ask({ at: 15, progress: running(build, { ...deploy, from: 12, to: 15 }) });

    expect(eta.remaining).toEqual([]);
  });

  it('a task that runs beside others has not ended because the next has begun, where nobody told that it waits', () => {
    const pool: readonly SpecTask[] = [{ name: 'a', from: 0, to: 10 }, { name: 'b', from: 0, to: 4 }, { name: 'c', from: 10, to: 12 }];
    const eta = ask({ at: 5, shape: shapeAfter(pool, pool), progress: running({ name: 'c', from: 0, to: 3 }, { name: 'b', from: 0, to: 5 }), durationOf: () => around(10) });

    expect(eta.remaining.map(({ task }) => task)).toEqual(['a']);
  });

  it('one branch taken makes the other the less likely the longer it is silent', () => {
    const left: readonly SpecTask[] = [build, { name: 'left', from: 4, to: 6, after: ['build'] }];
    const right: readonly SpecTask[] = [build, { name: 'right', from: 4, to: 6, after: ['build'] }];
    const forked = shapeAfter(left, right, left, right, left, right);
    const silent = (at: number) => ask({ at, shape: forked, progress: running(build), durationOf: () => around(2) }).remaining.find(({ task }) => task === 'left')!.probability;

    expect(silent(5)).toBeGreaterThan(silent(10));
  });

  it('one branch taken leaves no other where recent runs had one of them', () => {
    const fork = ['left', 'right'].map((name): readonly SpecTask[] => [build, { name, from: 4, to: 6, after: ['build'] }, { name: `after ${name}`, from: 6, to: 8, after: [name] }]);
    const shape = shapeAfter(...Array.from({ length: 6 }, () => fork).flat());
    const recentRuns = Array.from({ length: 6 }, () => fork.map((tasks) => tasks.map(({ name }) => name))).flat();
    const left = (at: number, ...tasks: readonly SpecTask[]) => ask({ at, shape, recentRuns, progress: running(build, ...tasks), durationOf: () => around(2) });

    expect(left(4).remaining.map(({ task, probability }) => [task, Math.round(probability * 10) / 10]).sort()).toEqual([['after left', 0.5], ['after right', 0.5], ['left', 0.5], ['right', 0.5]]);
    expect(left(6, fork[0]![1]!).remaining.map(({ task }) => task)).toEqual(['after left']);
    expect(left(6, fork[1]![1]!).criticalPath).toEqual(['after right']);
  });

  it('silence speaks against runs that would have been heard of', () => {
    const long: readonly SpecTask[] = [build, { name: 'quick', from: 4, to: 5, after: ['build'] }, { name: 'slow', from: 4, to: 60, after: ['build'] }];
    const shape = shapeAfter(long, long.slice(0, 2), [long[0]!, long[2]!]);
    const recentRuns = [['build', 'quick'], ['build', 'slow']];
    const slowAt = (at: number) => ask({ at, shape, recentRuns, progress: running(build), durationOf: (task) => around(task === 'slow' ? 60 : 1) }).remaining.find(({ task }) => task === 'slow')!.probability;

    expect(slowAt(4)).toBeCloseTo(0.49, 1);
    expect(slowAt(12)).toBeGreaterThan(0.9);
  });

  it('tasks in turn take as long as all that are left', () => {
    const loop = Array.from({ length: 4 }, (_, turn): SpecTask => ({ name: 'think', from: turn * 5, to: turn * 5 + 5, id: `think-${turn}` }));
    const eta = ask({ at: 5, shape: shapeAfter(loop, loop), progress: running(loop[0]!), durationOf: () => around(5) });

    expect(minutesTo(eta.end?.p50Ms)).toBeGreaterThan(18);
    expect(minutesTo(eta.end?.p50Ms)).toBeLessThan(23);
  });

  it('dependencies in a circle or on nobody hang nothing', () => {
    const odd: readonly SpecTask[] = [
      { name: 'a', from: 0, to: 1, after: ['c', 'nobody'] },
      { name: 'b', from: 1, to: 2, after: ['a'], in: 'c' },
      { name: 'c', from: 2, to: 3, after: ['b', 'c'], in: 'b' },
    ];

    expect(ask({ at: 0, shape: shapeAfter(odd, odd), progress: emptyProgress, durationOf: () => around(1) }).end?.p50Ms).toBeGreaterThan(startMs);
  });
});

const names = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
const anyTask = fc.record({
  name: fc.constantFrom(...names),
  from: fc.integer({ min: 0, max: 30 }),
  took: fc.integer({ min: 0, max: 30 }),
  after: fc.subarray([...names]),
  in: fc.constantFrom('', '', '', ...names),
  outcome: fc.constantFrom('success' as const, 'success' as const, 'failure' as const, 'skip' as const),
  attempt: fc.integer({ min: 1, max: 2 }),
});
const anyRun = fc.array(anyTask, { maxLength: 10 }).map((tasks) => tasks.map(({ took, ...task }): SpecTask => ({ ...task, to: task.from + took })));

describe('four of five ends', () => {
  it('lie between p10 and p90 where tasks take what they usually take', () => {
    const random = seededRandom(7);
    const took = (name: string) => minutesOf[name]! * Math.exp((random.normal() * Math.log(2)) / 1.2816);
    let [inside, below, all] = [0, 0, 0];
    for (let run = 0; run < 200; run++) {
      const [a, b, c, d] = [took('build'), took('test'), took('lint'), took('deploy')];
      const end = a + Math.max(b, c) + d;
      // Asked at any time, not at one that the end decides.
      const at = random.next() * 20;
      if (at >= end) continue;
      const tasks = [{ ...build, from: 0, to: a }, { ...lint, from: a, to: a + c }, { ...test, from: a, to: a + b }, { ...deploy, from: end - d, to: end }];
      const eta = ask({ at, progress: running(...tasks.filter(({ to }) => to <= at)) });
      all++;
      inside += Number(minutesTo(eta.end?.p10Ms) <= end && end <= minutesTo(eta.end?.p90Ms));
      below += Number(end <= minutesTo(eta.end?.p50Ms));
    }

    expect(inside / all).toBeGreaterThan(0.75);
    expect(inside / all).toBeLessThan(0.86);
    expect(below / all).toBeGreaterThan(0.42);
    expect(below / all).toBeLessThan(0.58);
  });
});

describe('every answer', () => {
  it('lies ahead, in order, the same each time, whatever was told', () => {
    fc.assert(
      fc.property(fc.array(anyRun, { maxLength: 4 }), anyRun, fc.integer({ min: -5, max: 200 }), fc.record({ deadline: fc.nat(100), hasContents: fc.boolean() }), (runs, current, at, { deadline, hasContents }) => {
        const recentRuns = hasContents ? runs.map((tasks) => tasks.map(({ name }) => name)) : [];
        const question = { at, recentRuns, shape: shapeAfter(...runs), progress: running(...current), durationOf: (task: string) => (task === 'f' ? null : around(3)), runDuration: around(20), deadlineMs: startMs + deadline * minute };
        const { end, progress, missProbability, remaining } = ask(question);

        expect(ask(question)).toEqual(ask(question));
        expect(end!.p10Ms).toBeGreaterThanOrEqual(startMs + at * minute);
        expect(end!.p50Ms).toBeGreaterThanOrEqual(end!.p10Ms);
        expect(end!.p90Ms).toBeGreaterThanOrEqual(end!.p50Ms);
        expect(Number.isFinite(end!.p90Ms)).toBe(true);
        for (const share of [progress!, missProbability!, ...remaining.map(({ probability }) => probability)]) expect(share >= 0 && share <= 1).toBe(true);
        for (const { endMs } of remaining) expect(endMs).toBeGreaterThanOrEqual(startMs + at * minute);
      }),
      { numRuns: 20 },
    );
  });

  it('is never later for a task that has just ended well', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 5, max: 60 }), (count, at) => {
        const done = [build, lint, test, deploy].slice(0, count - 1);
        const next: SpecTask = { ...release[count - 1]!, ...[build, lint, test, deploy][count - 1]!, to: at };
        const before = ask({ at, progress: running(...done) });
        const after = ask({ at, progress: running(...done, next) });

        expect(after.end!.p50Ms).toBeLessThanOrEqual(before.end!.p50Ms);
        expect(after.end!.p90Ms).toBeLessThanOrEqual(before.end!.p90Ms);
      }),
      { numRuns: 20 },
    );
  });
});
