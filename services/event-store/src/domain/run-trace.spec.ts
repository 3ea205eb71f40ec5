import { describe, expect, it } from '@jest/globals';
import { Outcome, SampleKind, Status } from '@orrery/contracts';
import { at, RunTeller } from '../../test/records.js';
import { instant, toIso } from './instant.js';
import { statusOf } from './progress.js';
import { latestAttempt } from './task-state.js';
import { shownStatusOf, withTask, noTasks } from './tally.js';
import { traceAsOf } from './as-of.js';
import { traceOf, TraceBuilder } from './trace.js';

const teller = new RunTeller('run-1');
const { runId } = teller;
const tallyOf = (trace: ReturnType<typeof traceOf>) => [...trace.tasks.values()].reduce((tally, task) => withTask(tally, null, task), noTasks);

describe('a task', () => {
  it('shows its highest attempt and keeps the earlier ones, in whatever order they are told', () => {
    const taskId = teller.task('test');
    const records = [
      teller.record({ tasks: [{ taskId, attempt: 2, status: Status.RUNNING, startedAtMs: at(20) }] }),
      teller.record({ tasks: [{ taskId, attempt: 1, status: Status.FINISHED, outcome: Outcome.FAILURE, finishedAtMs: at(10) }] }),
    ];

    const task = traceOf(runId, records).tasks.get(taskId);

    expect(task?.attempts.map(({ number, progress }) => [number, statusOf(progress)])).toEqual([[1, Status.FINISHED], [2, Status.RUNNING]]);
    expect(task && latestAttempt(task).number).toBe(2);
  });

  it('is there as a stub as soon as anything speaks of it', () => {
    const trace = traceOf(runId, [
      teller.record({ events: [{ eventId: teller.event('e'), taskId: teller.task('of-event') }] }),
      teller.record({ tasks: [{ taskId: teller.task('child'), parentTaskId: teller.task('of-child') }] }),
      teller.record({ artifacts: [{ artifactId: teller.event('a'), taskId: teller.task('of-artifact') }] }),
      teller.record({ samples: [{ sampleId: teller.event('s'), taskId: teller.task('of-sample'), name: 'cpu_seconds', value: 1 }] }),
    ]);

    expect([...trace.tasks.keys()].sort()).toEqual(['of-event', 'of-child', 'of-artifact', 'of-sample', 'child'].map((id) => teller.task(id)).sort());
  });

  it('measures the largest gauge and the last sum', () => {
    const taskId = teller.task('t');
    const gauge = { taskId, name: 'peak_memory_bytes', unit: 'By', kind: SampleKind.GAUGE };
    const sum = { taskId, name: 'cpu_seconds', unit: 's', kind: SampleKind.SUM };
    const trace = traceOf(runId, [
      teller.record({ samples: [{ ...gauge, sampleId: teller.event('1'), value: 9, occurredAtMs: at(1) }, { ...sum, sampleId: teller.event('2'), value: 5, occurredAtMs: at(1) }] }),
      teller.record({ samples: [{ ...gauge, sampleId: teller.event('3'), value: 7, occurredAtMs: at(2) }, { ...sum, sampleId: teller.event('4'), value: 4, occurredAtMs: at(2) }] }),
    ]);

    expect(trace.tasks.get(taskId)?.measures.map(({ name, value }) => [name, value])).toEqual([['cpu_seconds', 4], ['peak_memory_bytes', 9]]);
  });
});

describe('an execution event', () => {
  const parent = teller.event('parent');
  const child = { eventId: teller.event('child'), parentEventId: parent, taskId: teller.task('t'), startedAtMs: at(5) };

  it('whose parent was not told hangs on a stub that stands where the child stands', () => {
    const stub = traceOf(runId, [teller.record({ events: [child] })]).events.get(parent);

    expect(stub).toMatchObject({ isTold: false, taskId: teller.task('t'), saidAtUs: instant(at(5)) });
  });

  it('fills the stub when it is told after its children, and its own word on the task stands', () => {
    const told = { eventId: parent, kind: 'agent_call', taskId: teller.task('other'), startedAtMs: at(4) };

    for (const events of [[child, told], [told, child]]) {
      const event = traceOf(runId, events.map((statement) => teller.record({ events: [statement] }))).events.get(parent);
      expect(event).toMatchObject({ isTold: true, kind: 'agent_call', taskId: teller.task('other'), saidAtUs: null });
    }
  });
});

describe('the status of a run', () => {
  const finishedTask = (id: string) => ({ taskId: teller.task(id), status: Status.FINISHED, outcome: Outcome.SUCCESS });

  it('comes from its tasks while the engine says nothing of the run, without an outcome', () => {
    const all = traceOf(runId, [teller.record({ tasks: [finishedTask('a'), finishedTask('b')] })]);
    const more = traceOf(runId, [teller.record({ tasks: [finishedTask('a'), { taskId: teller.task('c'), status: Status.QUEUED }] })]);

    expect(shownStatusOf(all.run, tallyOf(all))).toEqual({ status: Status.FINISHED, isDerived: true });
    expect(all.run.progress.ending).toBeNull();
    expect(shownStatusOf(more.run, tallyOf(more))).toEqual({ status: Status.RUNNING, isDerived: true });
  });

  it('is the engine\'s as soon as it says one', () => {
    const trace = traceOf(runId, [teller.record({ run: { runId, status: Status.RUNNING }, tasks: [finishedTask('a')] })]);

    expect(shownStatusOf(trace.run, tallyOf(trace))).toEqual({ status: Status.RUNNING, isDerived: false });
  });
});

describe('a run as of a moment', () => {
  const whole = teller.record({
    occurredAtMs: at(100),
    run: { runId, workflow: 'build', status: Status.FINISHED, outcome: Outcome.FAILURE, startedAtMs: at(0), finishedAtMs: at(60) },
    tasks: [
      { taskId: teller.task('a'), status: Status.FINISHED, outcome: Outcome.SUCCESS, startedAtMs: at(1), finishedAtMs: at(10) },
      { taskId: teller.task('b'), status: Status.FINISHED, outcome: Outcome.FAILURE, startedAtMs: at(11), finishedAtMs: at(60) },
    ],
    artifacts: [{ artifactId: teller.event('f'), occurredAtMs: at(9) }],
  });
  const asOf = (seconds: number) => {
    const builder = new TraceBuilder(runId);
    builder.addTrace(traceAsOf(whole, instant(at(seconds)) ?? 0));
    return builder;
  };

  it('is known in the middle although it was told as a whole afterwards', () => {
    const then = asOf(20);

    expect(statusOf(then.run.progress)).toBe(Status.RUNNING);
    expect(then.run.progress.ending).toBeNull();
    expect([...then.tasks.values()].map((task) => statusOf(latestAttempt(task).progress))).toEqual([Status.FINISHED, Status.RUNNING]);
    expect(then.artifacts.size).toBe(1);
  });

  it('has no tasks and files that came later', () => {
    const then = asOf(5);

    expect([...then.tasks.keys()]).toEqual([teller.task('a')]);
    expect(then.artifacts.size).toBe(0);
  });

  it('is the whole run at the end', () => {
    const end = asOf(100);
    const all = traceOf(runId, [whole]);

    expect(end.run).toEqual(all.run);
    expect([...end.tasks]).toEqual([...all.tasks]);
    expect(toIso(end.run.progress.finishedAtUs ?? 0)).toBe('2024-05-01T12:01:00.000Z');
  });
});
