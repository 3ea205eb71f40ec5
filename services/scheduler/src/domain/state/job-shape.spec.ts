import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { shapeOf, type StageExpectation } from './job-shape.js';

const stage = (name: string, parents: readonly number[] = [], figures: Partial<StageExpectation> = {}): StageExpectation => ({ name, taskCount: 1, meanTaskMs: 1000, parents, ...figures });

describe('the shape of a job', () => {
  it('knows children, work and the longest ways to the end', () => {
    const shape = shapeOf('nightly', [stage('build', [], { meanTaskMs: 60_000 }), stage('test', [0], { taskCount: 8, meanTaskMs: 20_000 }), stage('lint', [0], { meanTaskMs: 30_000 }), stage('publish', [1, 2])]);
    expect(shape).toMatchObject({ name: 'nightly', taskCount: 11, workMs: 60_000 + 160_000 + 30_000 + 1000, levels: [], order: [0, 1, 2, 3] });
    expect(shape.stages.map(({ children }) => children)).toEqual([[1, 2], [3], [3], []]);
    expect(shape.stages.map(({ criticalWorkMs }) => criticalWorkMs)).toEqual([221_000, 161_000, 31_000, 1000]);
    expect(shape.stages.map(({ criticalPathMs }) => criticalPathMs)).toEqual([91_000, 21_000, 31_000, 1000]);
    expect(shape.stages[0]).toMatchObject({ index: 0, memoryBytes: 0, poolIds: undefined, meanTaskMsByLevel: [] });
  });

  it('takes a parent that is named twice for one', () => {
    expect(shapeOf('job', [stage('a'), stage('b', [0, 0])]).stages).toMatchObject([{ children: [1] }, { parents: [0] }]);
  });

  it.each([
    [[stage('a', [], { taskCount: 0 })], 'job j, stage a: expected at least one task, got 0'],
    [[stage('a', [], { taskCount: 1.5 })], 'at least one task'],
    [[stage('a', [], { meanTaskMs: Number.NaN })], 'expected a duration of 0 ms or more, got NaN'],
    [[stage('a', [], { memoryBytes: -1 })], 'expected memory of 0 bytes or more, got -1'],
    [[stage('a', [], { meanTaskMsByLevel: [1] })], 'expected 0 durations by parallelism, got 1'],
    [[stage('a', [1])], 'depends on stage 1, of 1'],
    [[stage('a', [1]), stage('b', [0]), stage('c')], 'job j: these stages wait for each other: a, b'],
  ])('refuses figures and graphs that are none: %#', (stages, message) => {
    expect(() => shapeOf('j', stages)).toThrow(message);
  });

  it('refuses a duration by parallelism that is none', () => {
    expect(() => shapeOf('j', [stage('a', [], { meanTaskMsByLevel: [-1] })], [5])).toThrow('no number of 0 or more');
  });

  it('puts parents before children, and never counts less behind a stage than behind its children', () => {
    const graphs = fc.array(fc.tuple(fc.array(fc.nat()), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 5000 })), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(graphs, (nodes) => {
        // Numbered from the end, so that parents come later in the list.
        const last = nodes.length - 1;
        const shape = shapeOf('job', nodes.map(([edges, taskCount, meanTaskMs], index) => stage(`${index}`, index === last ? [] : edges.map((edge) => index + 1 + (edge % (last - index))), { taskCount, meanTaskMs })));
        const place = new Map(shape.order.map((index, at) => [index, at]));
        expect([...shape.order].sort((one, other) => one - other)).toEqual(nodes.map((_, index) => index));
        for (const { index, parents, criticalWorkMs, criticalPathMs, taskCount, meanTaskMs, children } of shape.stages) {
          expect(parents.every((parent) => place.get(parent)! < place.get(index)!)).toBe(true);
          const behind = children.map((child) => shape.stages[child]!);
          expect(criticalWorkMs).toBe(taskCount * meanTaskMs + Math.max(0, ...behind.map((child) => child.criticalWorkMs)));
          expect(criticalPathMs).toBe(meanTaskMs + Math.max(0, ...behind.map((child) => child.criticalPathMs)));
        }
      }),
    );
  });
});
