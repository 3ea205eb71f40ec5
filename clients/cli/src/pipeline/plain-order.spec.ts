import { describe, expect, it } from '@jest/globals';
import type { MachineView, RunView, StageView } from './machine-view.js';
import { plainOrder } from './plain-order.js';
import { questionOf, readDecision } from './scheduler-question.js';

const stage = (name: string, more: Partial<StageView> = {}): StageView => ({ name, dependsOn: [], count: 1, running: 0, finished: 0, ready: [{}], ...more });
const run = (id: string, stages: readonly StageView[], more: Partial<RunView> = {}): RunView => ({ id, workflow: 'w', submittedAtMs: 0, running: 0, stages, ...more });
const machine = (runs: readonly RunView[], more: Partial<MachineView> = {}): MachineView => ({ nowMs: 0, slots: 2, freeSlots: 2, runs, ...more });
const names = (view: MachineView, order: 'critical_path' | 'file' = 'critical_path') => plainOrder(view, order).map(({ runId, stage: name }) => `${runId} ${name}`);

describe('plain order', () => {
  const chain = [stage('single', { expectedMs: 3_000 }), stage('first', { expectedMs: 1_000 }), stage('second', { dependsOn: ['first'], expectedMs: 9_000, ready: [] })];

  it('begins the longest chain first, or what stands first', () => {
    expect(names(machine([run('r', chain)]))).toEqual(['r first', 'r single']);
    expect(names(machine([run('r', chain)]), 'file')).toEqual(['r single', 'r first']);
  });

  it('serves the run that came first, within its own bound', () => {
    const many = stage('a', { count: 5, ready: [{}, {}, {}, {}, {}] });

    expect(names(machine([run('r', [many]), run('s', [many])]))).toEqual(['r a', 'r a']);
    expect(names(machine([run('r', [many], { maxSlots: 3, running: 2 }), run('s', [many])]))).toEqual(['r a', 's a']);
  });

  it('lets smaller tasks pass one that memory has no room for; the unknown take an equal share', () => {
    const view = machine([run('r', [stage('large', { expectedMs: 9_000, ready: [{ memoryBytes: 80 }] }), stage('unknown'), stage('small', { ready: [{ memoryBytes: 10 }] })])], { memoryBytes: 100, freeMemoryBytes: 60 });

    expect(names(view)).toEqual(['r unknown', 'r small']);
  });
});

describe('an answer of the scheduler', () => {
  const view = machine([run('r', [stage('a', { count: 3, ready: [{}, {}, {}] })])]);

  it('is read as tasks to start, no more than there are slots', () => {
    expect(readDecision({ assignments: [{ run_id: 'r', task: 'a', count: 7, memory_bytes: 5, reason: 'shortest' }], policy: { name: 'learned', version: 2 }, fallback: '' }, view)).toMatchObject({
      policy: 'learned',
      fallback: '',
      picks: [
        { runId: 'r', stage: 'a', memoryBytes: 5, reason: 'shortest' },
        { runId: 'r', stage: 'a' },
      ],
    });
  });

  it.each([[null], [[]], ['text'], [{}], [{ assignments: 'x' }], [{ assignments: [{ run_id: 'r', task: 'b', count: 1 }] }], [{ assignments: [{ run_id: 'r', task: 'a', count: -1 }] }], [{ assignments: [{ run_id: 'r', task: 'a' }] }]])('%j is none', (answer) => {
    expect(typeof readDecision(answer, view)).toBe('string');
  });

  it('answers a question that leaves out what is not known', () => {
    const asked = JSON.parse(JSON.stringify(questionOf(view, { scheduler: 'host', policy: undefined, pool: 'local' }))) as unknown;

    expect(asked).toEqual({
      scheduler: 'host',
      policy: '',
      now_ms: 0,
      pools: [{ pool_id: 'local', slots: 2, free_slots: 2 }],
      runs: [{ run_id: 'r', workflow: 'w', submitted_at_ms: 0, tasks: [{ name: 'a', depends_on: [], count: 3, running: 0, finished: 0, pool_ids: ['local'] }] }],
    });
  });
});
