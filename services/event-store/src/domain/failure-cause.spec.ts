import { describe, expect, it } from '@jest/globals';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { Outcome, Status, type TaskSchema } from '@orrery/contracts';
import { at, RunTeller } from '../../test/records.js';
import { failureSentence, originOfFailure } from './failure-cause.js';
import { traceOf } from './trace.js';

const teller = new RunTeller('run-1');
const id = (name: string) => teller.task(name);
const tasksOf = (...tasks: MessageInitShape<typeof TaskSchema>[]) => [...traceOf(teller.runId, [teller.record({ tasks })]).tasks.values()];
const failed = (name: string, finishedAtSeconds: number, rest: MessageInitShape<typeof TaskSchema> = {}) => ({
  taskId: id(name),
  name,
  status: Status.FINISHED,
  outcome: Outcome.FAILURE,
  startedAtMs: at(0),
  finishedAtMs: at(finishedAtSeconds),
  ...rest,
});
const passed = (name: string, rest: MessageInitShape<typeof TaskSchema> = {}) => ({ taskId: id(name), name, outcome: Outcome.SUCCESS, ...rest });

describe('the origin of a failure', () => {
  it('is the task that failed first of those that nothing failed before', () => {
    const origin = originOfFailure(
      tasksOf(passed('fetch'), failed('deploy', 3, { dependsOn: [id('test')] }), failed('test', 5, { dependsOn: [id('build')] }), passed('build', { dependsOn: [id('fetch')] }), failed('lint', 9)),
    );

    expect(origin?.task.name).toBe('test');
    expect(origin?.upstream.map(({ name }) => name)).toEqual(['build', 'fetch']);
  });

  it('is the step inside the job, not the job that failed because of it', () => {
    const origin = originOfFailure(tasksOf(failed('job', 4), failed('step', 5, { parentTaskId: id('job') }), failed('inside next job', 1, { parentTaskId: id('next job') }), failed('next job', 2, { dependsOn: [id('job')] })));

    expect(origin?.task.name).toBe('step');
  });

  it('is found by time alone where the edges run in a circle', () => {
    const origin = originOfFailure(tasksOf(failed('a', 5, { dependsOn: [id('b')] }), failed('b', 4, { dependsOn: [id('a')] })));

    expect(origin?.task.name).toBe('b');
  });

  it('is absent when no task failed', () => {
    expect(originOfFailure(tasksOf(passed('a')))).toBeNull();
  });

  it('can be said in one sentence', () => {
    const cause = { type: 'AssertionError', message: 'expected 2\n  at line 3', exitCode: 1 };
    const origin = originOfFailure(tasksOf(failed('test', 12.34, { failure: cause, dependsOn: [id('build')] }), passed('build')));

    expect(origin && failureSentence(origin)).toBe('Task "test" failed after 12.3 s: AssertionError: expected 2 (exit code 1); before it ran "build".');
  });

  it('is said without saying anything twice, whatever the message ends in', () => {
    const cause = { type: 'ExitCode', message: 'make failed with exit code 4.', exitCode: 4 };
    const origin = originOfFailure(tasksOf(failed('test', 0.042, { failure: cause })));

    expect(origin && failureSentence(origin)).toBe('Task "test" failed after 42 ms: ExitCode: make failed with exit code 4.');
  });
});
