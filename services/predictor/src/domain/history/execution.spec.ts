import { create } from '@bufbuild/protobuf';
import { describe, expect, it } from '@jest/globals';
import { Outcome, TaskFinishedSchema, workloadKeyOf } from '@orrery/contracts';
import { executionOf, historyKeysOf, historyKeysOfExecution } from './execution.js';

const nowMs = Date.UTC(2026, 2, 2);
const fact = (task: object = {}, more: object = {}) =>
  create(TaskFinishedSchema, { tenantId: 'tenant-1', run: { runId: 'run-1', engine: 'github', workflow: 'release', startedAtMs: nowMs - 9000 }, task: { taskId: 'task-1', name: 'build', outcome: Outcome.SUCCESS, startedAtMs: nowMs - 5000, finishedAtMs: nowMs, ...task }, ...more });

describe('an execution', () => {
  it('has its input size, its dependencies and the start of its run', () => {
    expect(executionOf(fact({ dependsOn: ['task-0'] }, { inputSizeBytes: 12n }), nowMs)).toMatchObject({ inputSizeBytes: 12, dependsOn: ['task-0'], runStartedAtMs: nowMs - 9000, isOutOfMemory: false });
    expect(executionOf(fact(), nowMs)?.inputSizeBytes).toBeNull();
  });

  it.each([
    [{ failure: { type: 'OOMKilled' } }, {}],
    [{ failure: { exitCode: 137 } }, {}],
    [{}, { errorLines: ['java.lang.OutOfMemoryError: Java heap space'] }],
    [{ failure: { message: 'Killed: out of memory' } }, {}],
  ])('ran out of memory when it says so: %j %j', (task, more) => {
    expect(executionOf(fact(task, more), nowMs)?.isOutOfMemory).toBe(true);
  });

  it('did not run out of memory when a room did', () => {
    expect(executionOf(fact({ failure: { message: 'the boom room is out of order' } }), nowMs)?.isOutOfMemory).toBe(false);
  });
});

describe('the histories of an execution', () => {
  it('are its own, the task of the workflow, and any task of the workflow', () => {
    const execution = executionOf(fact({ executor: { image: 'node:24', executorClass: 'large' }, commandHash: 'c1' }), nowMs);

    expect(historyKeysOfExecution(execution!).map(({ level, key: { task, image, executorClass } }) => [level, task, image, executorClass])).toEqual([
      [0, 'build', 'node:24', 'large'],
      [3, 'build', '', ''],
      [4, '', '', ''],
    ]);
  });

  it('are fewer where there is nothing to leave out, and one for a run', () => {
    const execution = executionOf(fact(), nowMs)!;

    expect(historyKeysOfExecution(execution).map(({ level }) => level)).toEqual([0, 4]);
    expect(historyKeysOf({ ...workloadKeyOf(execution.observation), subject: 'run', task: '' })).toHaveLength(1);
  });
});
