import { describe, expect, it } from '@jest/globals';
import type { Task } from '../api/wire-shapes.js';
import { aTask } from '../testing/task-builder.js';
import { taskForest } from '../trace/task-forest.js';
import { graphOf, type GraphModel } from './graph-model.js';

const graph = (tasks: readonly Task[], toggled: Record<string, boolean> = {}, limit = 400): GraphModel => graphOf(taskForest(tasks), { toggled: new Map(Object.entries(toggled)), limit });
const edges = (model: GraphModel): string[] => model.edges.map(({ from, to, kind }) => `${from} ${kind === 'depends' ? '->' : '..'} ${to}`).sort();
const names = (model: GraphModel): string[] => model.nodes.map(({ id }) => id);

describe('the graph of a run', () => {
  it('has a node for each task and a line for each dependency', () => {
    const model = graph([aTask('extract', [0, 1]), aTask('load', [1, 2], { depends_on: ['extract'] }), aTask('report', [2, 3], { depends_on: ['load', 'extract'] })]);
    expect(names(model)).toEqual(['extract', 'load', 'report']);
    expect(edges(model)).toEqual(['extract -> load', 'extract -> report', 'load -> report']);
  });

  it('hangs contained tasks on their container, in chains where they wait for each other', () => {
    const model = graph([aTask('job', [0, 9]), aTask('one', [1, 2], { parent_task_id: 'job' }), aTask('two', [2, 3], { parent_task_id: 'job', depends_on: ['one'] })]);
    expect(edges(model)).toEqual(['job .. one', 'one -> two']);
  });

  it('keeps a container closed at first when what it contains is a mere list', () => {
    const tasks = [aTask('job', [0, 9]), aTask('one', [1, 2], { parent_task_id: 'job' }), aTask('two', [2, 3], { parent_task_id: 'job' })];
    expect(names(graph(tasks))).toEqual(['job']);
    expect(names(graph(tasks, { job: true }))).toEqual(['job', 'one', 'two']);
  });

  it('lets a closed container stand for what it contains', () => {
    const tasks = [aTask('job', [0, 9]), aTask('step', [1, 2], { parent_task_id: 'job' }), aTask('deploy', [9, 10], { depends_on: ['step'] })];
    const model = graph(tasks);
    expect(names(model)).toEqual(['job', 'deploy']);
    expect(edges(model)).toEqual(['job -> deploy']);
    expect(model.nodes[0]).toMatchObject({ hiddenInside: 1, isOpen: false });
  });
});

describe('the graph of a big run', () => {
  const wide = [
    aTask('split', [0, 1]),
    ...Array.from({ length: 1000 }, (_, index) => aTask(`shard ${String(index)}`, [1, 2], { depends_on: ['split'], ...(index === 500 ? { outcome: 'failure' as const } : {}) })),
    aTask('join', [3, 4], { depends_on: Array.from({ length: 1000 }, (_, index) => `shard ${String(index)}`) }),
  ];

  it('folds tasks that are alike, and keeps failed ones apart', () => {
    const model = graph(wide);
    expect(names(model)).toEqual(['split', 'fold shard 0', 'shard 500', 'join']);
    expect(model.nodes[1]?.tasks).toHaveLength(999);
    expect(edges(model)).toEqual(['fold shard 0 -> join', 'shard 500 -> join', 'split -> fold shard 0', 'split -> shard 500']);
    expect(model.leftOut).toBe(0);
  });

  it('leaves out what is too much when a fold is opened, but never what failed', () => {
    const model = graph(wide, { 'fold shard 0': true });
    expect(model.nodes).toHaveLength(400);
    expect(model.leftOut).toBe(602);
    expect(names(model)).toEqual(expect.arrayContaining(['shard 500', 'split', 'join']));
  });

  it('never draws more than the limit', () => {
    const chain = Array.from({ length: 2000 }, (_, index) => aTask(`t${String(index)}`, [index, index + 1], { depends_on: index === 0 ? [] : [`t${String(index - 1)}`] }));
    expect(graph(chain).nodes).toHaveLength(400);
    expect(graph(chain).leftOut).toBe(1600);
  });
});
