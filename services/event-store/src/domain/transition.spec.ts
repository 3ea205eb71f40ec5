import { describe, expect, it } from '@jest/globals';
import { Outcome, Status } from '@orrery/contracts';
import fc from 'fast-check';
import { runIdFor, someRecords } from '../../test/arbitrary-records.js';
import { at, RunTeller } from '../../test/records.js';
import { runFinishedFact, taskFinishedFact } from './fact.js';
import { hasBegun, isFinished } from './progress.js';
import { noContent, noTasks } from './tally.js';
import { traceOf, TraceBuilder } from './trace.js';
import { attemptsThatFinished, hasRunFinished, hasRunStarted } from './transition.js';

const runId = runIdFor('run-1');

describe('an attempt of a task', () => {
  it('passes into finished exactly once, for any order and repeats of what is told', () => {
    const someDelivery = someRecords('run-1').chain((records) => fc.shuffledSubarray([...records, ...records], { minLength: records.length * 2 }));
    fc.assert(
      fc.property(someDelivery, (delivered) => {
        const builder = new TraceBuilder(runId);
        const passed: string[] = [];
        for (const record of delivered) {
          const before = new Map(builder.tasks);
          builder.add(record);
          for (const [id, task] of builder.tasks) passed.push(...attemptsThatFinished(before.get(id) ?? null, task).map(({ number }) => `${id} ${number}`));
        }

        const finished = [...builder.tasks].flatMap(([id, task]) => task.attempts.filter(({ progress }) => isFinished(progress)).map(({ number }) => `${id} ${number}`));
        expect(passed.sort()).toEqual(finished.sort());
      }),
      { numRuns: 300 },
    );
  });
});

describe('a run', () => {
  it('begins exactly once, and not after its end, for any order and repeats of what is told', () => {
    const someDelivery = someRecords('run-1').chain((records) => fc.shuffledSubarray([...records, ...records], { minLength: records.length * 2 }));
    fc.assert(
      fc.property(someDelivery, (delivered) => {
        const builder = new TraceBuilder(runId);
        const passed: string[] = [];
        for (const record of delivered) {
          const before = builder.run;
          builder.add(record);
          if (hasRunStarted(before, builder.run)) passed.push('started');
          if (hasRunFinished(before, builder.run)) passed.push('finished');
        }

        const { progress } = builder.run;
        expect(passed).toEqual([...(hasBegun(progress) ? ['started'] : []), ...(isFinished(progress) ? ['finished'] : [])]);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['is queued', { status: Status.QUEUED }, false],
    ['runs', { status: Status.RUNNING }, true],
    ['is paused', { status: Status.PAUSED }, true],
    ['has a start', { startedAtMs: at(0) }, true],
    ['has ended and was never seen running', { outcome: Outcome.SUCCESS, finishedAtMs: at(3) }, true],
    ['has a workflow', { workflow: 'nightly' }, false],
  ])('that is told that it %s', (_name, told, hasStarted) => {
    const teller = new RunTeller('run-5');

    expect(hasRunStarted(null, traceOf(teller.runId, [teller.record({ run: { runId: teller.runId, ...told } })]).run)).toBe(hasStarted);
  });

  it('does not begin because a task of it runs', () => {
    const teller = new RunTeller('run-4');
    const { run } = traceOf(teller.runId, [teller.record({ tasks: [{ taskId: teller.task('a'), status: Status.RUNNING }] })]);

    expect(hasRunStarted(null, run)).toBe(false);
  });

  it('passes into finished when its engine says so, not when its tasks happen to be done', () => {
    const teller = new RunTeller('run-2');
    const tasksDone = traceOf(teller.runId, [teller.record({ tasks: [{ taskId: teller.task('a'), status: Status.FINISHED }] })]);
    const runDone = traceOf(teller.runId, [teller.record({ run: { runId: teller.runId, status: Status.FINISHED } })]);

    expect(hasRunFinished(null, tasksDone.run)).toBe(false);
    expect(hasRunFinished(tasksDone.run, runDone.run)).toBe(true);
    expect(hasRunFinished(runDone.run, runDone.run)).toBe(false);
  });
});

describe('a fact', () => {
  it('carries the attempt that ended, the run so far and what was measured', () => {
    const teller = new RunTeller('run-3', 'team-a');
    const taskId = teller.task('train');
    const trace = traceOf(teller.runId, [
      teller.record({
        run: { runId: teller.runId, engine: 'prefect', workflow: 'nightly', versionControl: { revision: 'abc' }, labels: { branch: 'main' } },
        tasks: [
          { taskId, name: 'train', attempt: 1, status: Status.FINISHED, outcome: Outcome.ERROR, failure: { type: 'OOMKilled', exitCode: 137 }, startedAtMs: at(1), finishedAtMs: at(3), executor: { image: 'torch:2' } },
          { taskId, attempt: 2, status: Status.RUNNING },
        ],
        samples: [{ sampleId: teller.event('s'), taskId, name: 'peak_memory_bytes', unit: 'By', value: 3e9, occurredAtMs: at(2) }],
      }),
    ]);
    const task = trace.tasks.get(taskId)!;

    const fact = taskFinishedFact('team-a', trace.run, task, { attempt: task.attempts[0]!, content: { ...noContent, outputSizeBytes: 12 }, errorLines: ['CUDA out of memory'] });

    expect(fact).toMatchObject({
      tenantId: 'team-a',
      run: { runId: teller.runId, workflow: 'nightly', engine: 'prefect', versionControl: { revision: 'abc', refName: '' }, labels: { branch: 'main' } },
      task: { taskId, name: 'train', attempt: 1, status: Status.FINISHED, outcome: Outcome.ERROR, startedAtMs: at(1), finishedAtMs: at(3), failure: { type: 'OOMKilled', exitCode: 137 }, executor: { image: 'torch:2' } },
      samples: [{ name: 'peak_memory_bytes', unit: 'By', value: 3e9, taskId }],
      outputSizeBytes: 12n,
      errorLines: ['CUDA out of memory'],
    });
    expect(runFinishedFact('team-a', trace.run, { ...noTasks, total: 1, failed: 1 }, { ...noContent, events: 4 })).toMatchObject({ taskCount: 1n, failedTaskCount: 1n, eventCount: 4n });
  });
});
