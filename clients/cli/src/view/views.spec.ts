import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Task } from '../api-shapes.js';
import { manyLines, oneLine } from './style.js';
import { layTable } from './table.js';
import { orderTasks, type TaskNode } from './task-order.js';
import { showAgo, showBytes, showDuration } from './time.js';
import { drawTree } from './tree.js';

describe('lengths of time', () => {
  it.each([
    [0, '0ms'],
    [999, '999ms'],
    [1_250, '1.3s'],
    [59_400, '59s'],
    [83_400, '1m 23s'],
    [3_600_000, '1h'],
    [90_061_000, '1d 1h'],
    [-1_500, '-1.5s'],
    [null, ''],
  ])('%d ms is %s', (durationMs, expected) => {
    expect(showDuration(durationMs)).toBe(expected);
  });

  it('are rough for what is past', () => {
    const now = Date.UTC(2026, 0, 1, 12);
    const ago = (milliseconds: number) => showAgo(new Date(now - milliseconds).toISOString(), now);

    expect([ago(0), ago(4_200), ago(59_000), ago(180_000), ago(86_400_000 * 3), ago(-3_600_000)]).toEqual(['now', '4s ago', '59s ago', '3m ago', '3d ago', 'in 1h']);
    expect(showAgo(null, now)).toBe('');
  });
});

describe('bytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 kB'],
    [999_600, '1.0 MB'],
    [123_456_789, '123 MB'],
  ])('%d is %s', (bytes, expected) => {
    expect(showBytes(bytes)).toBe(expected);
  });
});

describe('foreign text', () => {
  it('is made one line that steers nothing', () => {
    expect(oneLine('  a\n\tb\u0007\u001b[31mc  ', 100)).toBe('a b[31mc');
    expect(oneLine('abcdef', 4)).toBe('abc…');
  });

  it('keeps its lines where they count', () => {
    expect(manyLines('\u001b[1;31mred\u001b[0m\r\n\ttab\u0008')).toEqual(['red', '    tab']);
  });
});

describe('a table', () => {
  const columns = [
    { head: 'NAME', cell: ({ name }: { name: string; size: number }) => name, maxWidth: 30 },
    { head: 'SIZE', cell: ({ size }: { name: string; size: number }) => String(size), isRight: true, paint: (_: unknown, text: string) => `<${text}>` },
  ];

  it('lines its columns up and paints cells without counting the paint', () => {
    expect(layTable([{ name: 'a', size: 5 }, { name: 'long', size: 1234 }], columns, 80)).toEqual(['NAME  SIZE', 'a     <   5>', 'long  <1234>']);
  });

  it('shrinks what may shrink when the line is short', () => {
    const [, line] = layTable([{ name: 'x'.repeat(30), size: 1 }], columns, 20);

    expect(line).toBe(`${'x'.repeat(13)}…  <   1>`);
  });
});

describe('a tree', () => {
  const leaf = (text: string) => ({ text, children: [] });

  it('says how many are left out, by breadth, by depth and by what was never there', () => {
    const lines = drawTree([{ text: 'a', children: [leaf('b'), leaf('c'), leaf('d')], moreChildren: 120 }, { text: 'e', children: [{ text: 'f', children: [leaf('g')] }] }], { depth: 1, breadth: 2 });

    expect(lines).toEqual(['├─ a', '│  ├─ b', '│  ├─ c', '│  └─ … 121 more', '└─ e', '   └─ f', '      └─ … 1 inside']);
  });
});

describe('the order of tasks', () => {
  const task = (id: string, differences: Partial<Task> = {}) => ({ task_id: id, parent_task_id: null, depends_on: [], started_at: null, queued_at: null, ...differences }) as unknown as Task;
  const ids = (nodes: readonly TaskNode[]): unknown[] => nodes.map(({ task: { task_id: id }, children }) => (children.length > 0 ? [id, ids(children)] : id));

  it('follows dependencies, then starts, within what contains them', () => {
    const tasks = [task('c', { depends_on: ['b'], started_at: '1' }), task('b', { depends_on: ['a'], started_at: '2' }), task('x', { parent_task_id: 'b' }), task('a', { started_at: '3' }), task('z', { started_at: '0' })];

    expect(ids(orderTasks(tasks))).toEqual(['z', 'a', ['b', ['x']], 'c']);
  });

  it('shows every task once, whatever circles and gaps there are', () => {
    const anyTask = fc.record({ id: fc.integer({ min: 0, max: 12 }), parent: fc.option(fc.integer({ min: 0, max: 14 })), after: fc.array(fc.integer({ min: 0, max: 14 }), { maxLength: 3 }) });
    fc.assert(
      fc.property(fc.uniqueArray(anyTask, { selector: ({ id }) => id }), (drawn) => {
        const tasks = drawn.map(({ id, parent, after }) => task(String(id), { parent_task_id: parent === null ? null : String(parent), depends_on: after.map(String) }));
        const shown = (ids(orderTasks(tasks)).flat(Infinity) as string[]).sort();
        expect(shown).toEqual(tasks.map(({ task_id: id }) => id).sort());
      }),
    );
  });

  it('copes with long chains', () => {
    const chain = Array.from({ length: 20_000 }, (_, index) => task(String(index), { depends_on: index === 0 ? [] : [String(index - 1)] })).reverse();

    expect(orderTasks(chain).map(({ task: { task_id: id } }) => Number(id)).slice(0, 3)).toEqual([0, 1, 2]);
  });
});
