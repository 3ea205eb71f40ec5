import { describe, expect, it } from '@jest/globals';
import type { Artifact } from '../api/wire-shapes.js';
import { aTask, anEvent } from '../testing/task-builder.js';
import { failedBranch, grownBranch, loadingBranch, outsideKey, taskKey, withArtifacts, type Branches } from './branch.js';
import { taskForest } from './task-forest.js';
import { traceRows, type RowSource, type TraceRow } from './trace-rows.js';

const nothingRead: Branches = new Map();
const artifact = (id: string, eventId: string | null): Artifact => ({ artifact_id: id, event_id: eventId }) as Artifact;
const forest = taskForest([
  aTask('job', [0, 9]),
  aTask('step', [1, 8], { parent_task_id: 'job', event_count: 2 }),
]);

function rowsOf(more: Partial<RowSource>, toggled: Record<string, boolean> = {}): string[] {
  const rows = traceRows({ forest, branches: nothingRead, visibleTasks: null, hasOutside: false, isOpen: (key, atFirst) => toggled[key] ?? atFirst, ...more });
  return rows.map((row) => `${'  '.repeat(row.depth)}${told(row)}`);
}

function told(row: TraceRow): string {
  if (row.kind === 'task') return `task ${row.node.task.task_id}${row.canOpen ? (row.isOpen ? ' -' : ' +') : ''}`;
  if (row.kind === 'event') return `event ${row.event.event_id}${row.canOpen ? (row.isOpen ? ' -' : ' +') : ''}`;
  if (row.kind === 'artifact') return `artifact ${row.artifact.artifact_id}`;
  if (row.kind === 'more') return `more ${String(row.remaining)}`;
  return row.kind === 'note' ? `note ${row.text}` : `outside ${String(row.total)}`;
}

describe('the rows of tasks', () => {
  it('open what contains tasks, and leave what happened inside a task for later', () => {
    expect(rowsOf({})).toEqual(['task job -', '  task step +']);
  });

  it('stay closed at first in a big run', () => {
    const big = taskForest([aTask('job', [0, 9]), ...Array.from({ length: 400 }, (_, index) => aTask(`s${String(index)}`, [1, 2], { parent_task_id: 'job' }))]);
    expect(rowsOf({ forest: big })).toEqual(['task job +']);
    expect(rowsOf({ forest: big }, { [taskKey('job')]: true })).toHaveLength(401);
  });

  it('are only those that the filter leaves', () => {
    expect(rowsOf({ visibleTasks: new Set(['job']) })).toEqual(['task job -']);
  });
});

describe('the rows inside a task', () => {
  const events = [anEvent('agent', { children: [anEvent('tool')] }), anEvent('log')];
  const open = { [taskKey('step')]: true };

  it('are its events, nested, with what they wrote', () => {
    let branches = grownBranch(nothingRead, taskKey('step'), { items: events, next_cursor: null, total: 2 }, true);
    branches = withArtifacts(branches, taskKey('step'), { items: [artifact('report', 'tool'), artifact('log file', null)], next_cursor: null });
    expect(rowsOf({ branches }, open)).toEqual([
      'task job -',
      '  task step -',
      '    artifact log file',
      '    event agent -',
      '      event tool -',
      '        artifact report',
      '    event log',
    ]);
  });

  it('say how many are still to be read', () => {
    const branches = grownBranch(nothingRead, taskKey('step'), { items: events, next_cursor: 'c', total: 12 }, true);
    expect(rowsOf({ branches }, open).at(-1)).toBe('    more 10');
  });

  it('say when the answer is on its way, and when it did not come', () => {
    expect(rowsOf({ branches: loadingBranch(nothingRead, taskKey('step')) }, open).at(-1)).toBe('    note Reading …');
    expect(rowsOf({ branches: failedBranch(nothingRead, taskKey('step'), 'broken') }, open).at(-1)).toBe('    note broken');
  });

  it('offer the children beyond those that came along', () => {
    const branches = grownBranch(nothingRead, taskKey('step'), { items: [anEvent('wide', { child_count: 90, children: [anEvent('first')] })], next_cursor: null, total: 1 }, true);
    expect(rowsOf({ branches }, open).slice(2)).toEqual(['    event wide +']);
    expect(rowsOf({ branches }, { ...open, 'event:wide': true }).slice(2)).toEqual(['    event wide -', '      event first', '      more 89']);
  });

  it('show each event once when pages overlap', () => {
    const first = grownBranch(nothingRead, taskKey('step'), { items: events, next_cursor: 'c', total: 3 }, true);
    const branches = grownBranch(first, taskKey('step'), { items: [anEvent('log'), anEvent('last')], next_cursor: null, total: 3 }, false);
    expect(rowsOf({ branches }, open).filter((row) => row.includes('event')).map((row) => row.trim())).toEqual(['event agent -', 'event tool', 'event log', 'event last']);
  });
});

describe('what belongs to no task', () => {
  const branches = grownBranch(nothingRead, outsideKey, { items: [anEvent('agent')], next_cursor: null, total: 1 }, true);

  it('stands alone at the top of a run without tasks', () => {
    expect(rowsOf({ forest: [], branches, hasOutside: true })).toEqual(['event agent']);
  });

  it('is a closed row beside tasks', () => {
    expect(rowsOf({ branches, hasOutside: true })[0]).toBe('outside 1');
  });

  it('has no row when there turns out to be none', () => {
    expect(rowsOf({ branches: grownBranch(nothingRead, outsideKey, { items: [], next_cursor: null, total: 0 }, true), hasOutside: true })[0]).toBe('task job -');
  });
});
