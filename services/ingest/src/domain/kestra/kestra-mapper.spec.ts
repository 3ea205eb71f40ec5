import { describe, expect, it } from '@jest/globals';
import { Direction, Outcome, runIdOf, SampleKind, Status, taskIdOf } from '@orrery/contracts';
import fc from 'fast-check';
import type { IncomingPayload } from '../source-event.js';
import { mapKestra } from './kestra-mapper.js';

const context = { tenantId: 'acme', receivedAtMs: Date.UTC(2026, 0, 6) };
const payload: IncomingPayload = { body: new Uint8Array(), contentType: 'application/json', headers: {} };
const idOf = (externalId: string): string => runIdOf({ tenantId: 'acme', engine: 'kestra', source: 'kestra', externalId });
const second = (value: number): string => `2026-01-05T10:00:0${value}.000Z`;
const ms = (value: number): number => Date.UTC(2026, 0, 5, 10, 0, value);
const state = (current: string, ...histories: readonly (readonly [string, number])[]): unknown => ({ current, histories: histories.map(([name, at]) => ({ state: name, date: second(at) })), startDate: second(histories[0]![1]), endDate: second(histories.at(-1)![1]) });

const execution = {
  id: 'exec-1',
  namespace: 'shop',
  flowId: 'nightly',
  flowRevision: 4,
  labels: [{ key: 'team', value: 'data' }],
  parentId: 'exec-0',
  originalId: 'exec-first',
  trigger: { type: 'io.kestra.core.models.triggers.types.Schedule' },
  state: state('FAILED', ['CREATED', 0], ['RUNNING', 1], ['FAILED', 9]),
  taskRunList: [
    { id: 'run-each', taskId: 'each', state: state('FAILED', ['CREATED', 1], ['RUNNING', 2], ['FAILED', 8]) },
    {
      id: 'run-load',
      taskId: 'load',
      value: 'orders',
      parentTaskRunId: 'run-each',
      outputs: { uri: 'kestra:///shop/nightly/out.csv', rows: 7, note: 'plain text' },
      attempts: [
        { state: state('FAILED', ['CREATED', 2], ['RUNNING', 3], ['FAILED', 4]) },
        { state: state('SUCCESS', ['CREATED', 5], ['RUNNING', 6], ['SUCCESS', 7]), metrics: [{ name: 'rows', type: 'counter', value: 40, tags: { table: 'orders' } }, { name: 'duration', type: 'timer', value: 0.5 }, { name: 'odd' }] },
      ],
      state: state('SUCCESS', ['CREATED', 2], ['RUNNING', 3], ['SUCCESS', 7]),
    },
    { id: 'run-lost', taskId: 'lost', parentTaskRunId: 'not-here', state: { current: 'SKIPPED' } },
  ],
};

describe('mapKestra', () => {
  const [event] = mapKestra(execution, payload, context);
  const { run, tasks, artifacts, samples } = event!.executions[0]!;

  it('gives the execution as a run with its links', () => {
    expect(run).toMatchObject({
      runId: idOf('exec-1'),
      engine: 'kestra',
      namespace: 'shop',
      workflow: 'nightly',
      status: Status.FINISHED,
      outcome: Outcome.FAILURE,
      queuedAtMs: ms(0),
      startedAtMs: ms(1),
      finishedAtMs: ms(9),
      trigger: 'io.kestra.core.models.triggers.types.Schedule',
      parentRunId: idOf('exec-0'),
      previousRunId: idOf('exec-first'),
      labels: { team: 'data', 'kestra.flow_revision': '4' },
    });
    expect(event).toMatchObject({ type: 'execution.FAILED', subject: 'exec-1', occurredAtMs: ms(9), flags: [] });
  });

  it('gives task runs as tasks, nested, with an attempt for each try', () => {
    const task = (id: string): string => taskIdOf(run.runId, id);

    expect(tasks).toMatchObject([
      { taskId: task('run-each'), name: 'each', attempt: 1, outcome: Outcome.FAILURE },
      { taskId: task('run-load'), attempt: 1, outcome: Outcome.FAILURE, startedAtMs: ms(3), finishedAtMs: ms(4) },
      { taskId: task('run-load'), name: 'load', parentTaskId: task('run-each'), attempt: 2, outcome: Outcome.SUCCESS, finishedAtMs: ms(7), labels: { 'kestra.value': 'orders' } },
      { taskId: task('run-lost'), name: 'lost', parentTaskId: undefined, outcome: Outcome.SKIP },
    ]);
  });

  it('gives metrics as samples and files among outputs as artifacts', () => {
    expect(samples!.map(({ name, unit, kind, value, attributesJson }) => [name, unit, kind, value, attributesJson])).toEqual([
      ['rows', undefined, SampleKind.SUM, 40, '{"table":"orders"}'],
      ['duration', 's', SampleKind.GAUGE, 0.5, undefined],
    ]);
    expect(artifacts).toMatchObject([{ direction: Direction.OUTPUT, name: 'uri', uri: 'kestra:///shop/nightly/out.csv', actor: 'load' }]);
  });

  it.each([
    ['CREATED', Status.QUEUED, undefined],
    ['QUEUED', Status.QUEUED, undefined],
    ['RUNNING', Status.RUNNING, undefined],
    ['RETRYING', Status.RUNNING, undefined],
    ['KILLING', Status.RUNNING, undefined],
    ['PAUSED', Status.PAUSED, undefined],
    ['SUCCESS', Status.FINISHED, Outcome.SUCCESS],
    ['WARNING', Status.FINISHED, Outcome.SUCCESS],
    ['KILLED', Status.FINISHED, Outcome.CANCELLATION],
    ['SKIPPED', Status.FINISHED, Outcome.SKIP],
    ['UNHEARD_OF', undefined, undefined],
  ])('reads state %s', (current, status, outcome) => {
    const { executions } = mapKestra({ id: 'x', flowId: 'f', state: { current } }, payload, context)[0]!;

    expect([executions[0]!.run.status, executions[0]!.run.outcome]).toEqual([status, outcome]);
  });

  it('flags a success with warnings', () => {
    expect(mapKestra({ id: 'x', flowId: 'f', state: { current: 'WARNING' } }, payload, context)[0]!.flags).toEqual(['warning']);
  });

  it('takes labels that are an object too', () => {
    expect(mapKestra({ id: 'x', flowId: 'f', labels: { a: 'b' } }, payload, context)[0]!.executions[0]!.run.labels).toEqual({ a: 'b' });
  });

  it.each([[{}], [{ id: 'x' }], [null], [[]]])('refuses %j', (value) => {
    expect(() => mapKestra(value, payload, context)).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
  });

  it('maps whatever stands in an execution, and the same each time', () => {
    const members = fc.dictionary(fc.constantFrom('labels', 'state', 'taskRunList', 'trigger', 'flowRevision', 'parentId'), fc.oneof(fc.jsonValue(), fc.constant(execution.taskRunList)));

    fc.assert(
      fc.property(members, (odd) => {
        const value = { id: 'x', flowId: 'f', ...odd };
        expect(mapKestra(value, payload, context)).toEqual(mapKestra(value, payload, context));
      }),
    );
  });
});
