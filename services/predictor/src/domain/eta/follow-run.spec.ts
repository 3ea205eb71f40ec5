import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { follow, runEnd, shapeAfter, startMs, taskEnd, type SpecTask } from '../../../test/running-scene.js';
import { followRun } from './follow-run.js';
import { emptyProgress, mostEndedTasks } from './run-progress.js';
import { emptyShape, mostShapeTasks, occurrenceOf, retryShareOf, type WorkflowShape } from './workflow-shape.js';

const build: SpecTask = { name: 'build', from: 0, to: 4 };
const test: SpecTask = { name: 'test', from: 5, to: 9, after: ['build'] };
const lint: SpecTask = { name: 'lint', from: 0, to: 1 };
const deploy: SpecTask = { name: 'deploy', from: 9, to: 11, after: ['test', 'lint'] };

const taskOf = (shape: WorkflowShape, name: string) => shape.tasks.find((task) => task.name === name)!;
const occurrence = (shape: WorkflowShape, name: string) => occurrenceOf(shape, taskOf(shape, name));

describe('the progress of a run', () => {
  it('has what ended, and when it began and ended', () => {
    const { progress } = follow(emptyShape, [taskEnd(build), taskEnd(test), runEnd(12)]);

    expect(progress).toMatchObject({ startedAtMs: startMs, finishedAtMs: startMs + 12 * 60_000, outcome: 'success', refName: 'main', trigger: 'push', ordinal: 1 });
    expect(progress.tasks.map(({ name, attempt }) => [name, attempt])).toEqual([['build', 1], ['test', 1]]);
  });

  it('is the same however often and in whatever order it is told', () => {
    const executions = [taskEnd(build), taskEnd({ ...build, attempt: 2, from: 4, to: 6 }), taskEnd(lint), taskEnd(test), taskEnd(deploy), runEnd(12)];
    const sorted = (order: readonly (typeof executions)[number][]) => {
      const { progress } = follow(emptyShape, order);
      return { ...progress, tasks: [...progress.tasks].sort((left, right) => left.taskId.localeCompare(right.taskId) || left.attempt - right.attempt) };
    };

    fc.assert(
      fc.property(fc.shuffledSubarray([...executions, ...executions], { minLength: executions.length }), (order) => {
        expect(sorted([...order, ...executions])).toEqual(sorted(executions));
      }),
    );
  });

  it('survives being stored', () => {
    const { progress, shape } = follow(emptyShape, [taskEnd(build), taskEnd(test)]);

    expect(JSON.parse(JSON.stringify({ progress, shape }))).toEqual({ progress, shape });
  });

  it('keeps the last thousand tasks', () => {
    const { progress } = follow(emptyShape, Array.from({ length: mostEndedTasks + 5 }, (_, index) => taskEnd({ name: 'map', from: 0, to: 1, id: `map-${index}` })));

    expect(progress.tasks).toHaveLength(mostEndedTasks);
    expect(progress.tasks.at(-1)?.taskId).toBe(`map-${mostEndedTasks + 4}`);
  });
});

describe('the shape of a workflow', () => {
  it('has dependencies by name, whichever came first in the log', () => {
    expect(taskOf(shapeAfter([build, lint, test, deploy]), 'deploy').dependsOn).toEqual(['test', 'lint']);
    expect([...taskOf(shapeAfter([deploy, test, build, lint]), 'deploy').dependsOn].sort()).toEqual(['lint', 'test']);
  });

  it('has what contains a task, and the order of steps where no dependencies are told', () => {
    const shape = shapeAfter([
      { name: 'checkout', from: 0, to: 1, in: 'job' },
      { name: 'compile', from: 1, to: 3, in: 'job' },
      { name: 'job', from: 0, to: 3 },
    ]);

    expect(taskOf(shape, 'compile')).toMatchObject({ parent: 'job', follows: 'checkout', dependsOn: [], isBesideOthers: false });
    expect(shapeAfter([build, lint]).tasks.map(({ isBesideOthers }) => isBesideOthers)).toEqual([true, true]);
  });

  it('tells how long a task waits and takes', () => {
    expect(taskOf(shapeAfter([build, test]), 'test')).toMatchObject({ lagMs: 60_000, durationMs: 4 * 60_000 });
  });

  it('forgets a task that no longer occurs, and believes in a new one, within a few runs', () => {
    const without = Array.from({ length: 8 }, () => [build, test]);
    const shape = shapeAfter([build, lint], [build, lint], ...without);

    expect(occurrence(shape, 'build')).toBe(1);
    expect(occurrence(shape, 'lint')).toBeLessThan(0.3);
    expect(occurrence(shape, 'test')).toBeGreaterThan(0.7);
    expect(shapeAfter([build, lint], ...Array.from({ length: 105 }, () => [build])).tasks.map(({ name }) => name)).toEqual(['build']);
  });

  it('takes a skipped task as one that did not occur', () => {
    expect(occurrence(shapeAfter([build, { ...deploy, outcome: 'skip' }]), 'deploy')).toBe(0);
  });

  it('learns little about tasks that a failed run did not come to, and forgets where every run fails all the same', () => {
    const failed: SpecTask = { ...build, outcome: 'failure' };
    const mended: SpecTask = { ...build, attempt: 2, from: 4, to: 8 };

    expect(occurrence(shapeAfter([build, test], [build, test], [failed], [failed], [failed]), 'test')).toBeGreaterThan(0.85);
    expect(occurrence(shapeAfter([build, test], [build, test], ...Array.from({ length: 40 }, () => [failed])), 'test')).toBeLessThan(0.2);
    expect(occurrence(shapeAfter([build, test], [build, test], [failed, mended], [failed, mended], [failed, mended]), 'test')).toBeLessThan(0.7);
  });

  it('does not take runs that overlap for runs without the tasks that they have yet to come to', () => {
    let shape = shapeAfter([build, test]);
    let last = emptyProgress;
    for (let run = 1; run <= 10; run++) {
      const begun = followRun({ shape, progress: emptyProgress }, taskEnd({ ...build, id: `build-${run}` }));
      shape = run === 1 ? begun.shape : followRun({ shape: begun.shape, progress: last }, taskEnd(test)).shape;
      last = begun.progress;
    }

    expect(occurrence(shape, 'test')).toBeGreaterThan(0.9);
  });

  it('knows how many failures are tried again', () => {
    const tries: readonly SpecTask[] = [{ ...build, outcome: 'failure' }, { ...build, attempt: 2, from: 4, to: 8 }];

    expect(retryShareOf(emptyShape)).toBe(0);
    expect(retryShareOf(shapeAfter(...Array.from({ length: 20 }, () => tries)))).toBeGreaterThan(0.8);
    expect(retryShareOf(shapeAfter(...Array.from({ length: 20 }, () => tries.slice(0, 1))))).toBe(0);
  });

  it('stays within its bounds, whatever names come', () => {
    const many = Array.from({ length: mostShapeTasks + 20 }, (_, index) => ({ name: index === 0 ? '__proto__' : `t-${index}`, from: 0, to: 1 }));

    expect(shapeAfter(many).tasks).toHaveLength(mostShapeTasks);
  });

  it('is the same whenever the end of a run comes', () => {
    const tasks = [taskEnd(build), taskEnd(lint), taskEnd(test)];

    for (const at of [0, 1, 2]) expect(follow(emptyShape, [...tasks.slice(0, at), runEnd(10), ...tasks.slice(at)]).shape).toEqual(follow(emptyShape, tasks).shape);
  });
});

describe('transitions', () => {
  it('come once for each task that ended, with what had ended before', () => {
    const first = followRun({ shape: emptyShape, progress: emptyProgress }, taskEnd(build));
    const second = followRun(first, taskEnd(test));

    expect(first.transition).toEqual({ context: [], next: 'build' });
    expect(second.transition).toEqual({ context: ['build'], next: 'test' });
    expect(followRun(second, taskEnd(test)).transition).toBeNull();
    expect(followRun(second, runEnd(10)).transition).toBeNull();
  });
});
