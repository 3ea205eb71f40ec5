import { describe, expect, it } from '@jest/globals';
import type { Figures } from './model-card.js';
import { paretoChart, splitFar, ticksOf } from './pareto-shapes.js';

const of = (policy: string, meanCompletionSeconds: number | null, executorSeconds: number, unfinishedJobs = 0): Figures => ({
  ...{ policy, meanCompletionSeconds, executorSeconds, unfinishedJobs },
  ...{ p95CompletionSeconds: null, decisions: null, moves: null, decisionP50Us: null, decisionP99Us: null },
});
const figures = [of('learned', 42, 4500), of('tuned', 46, 4529), of('fair', 49, 4104), of('fifo', 154, 9694)];
const none = new Map<string, number>();
const size = { width: 600, height: 240 };

describe('what a chart of policies holds', () => {
  it('leaves out what would squeeze the others together, and says so', () => {
    const { near, far } = splitFar(figures);
    expect([near.map(({ policy }) => policy), far.map(({ policy }) => policy)]).toEqual([['learned', 'tuned', 'fair'], ['fifo']]);
  });

  it('keeps all where too few would be left, and none that left jobs undone', () => {
    expect(splitFar([of('a', 10, 10), of('b', 100, 10)])).toMatchObject({ near: [{ policy: 'a' }, { policy: 'b' }], far: [] });
    expect(splitFar([of('a', null, 10), of('b', 1, 1, 3)]).near).toEqual([]);
  });
});

describe('a chart of policies', () => {
  it('joins those that nothing beats in both figures', () => {
    const { points, front } = paretoChart(splitFar(figures).near, none, size);
    expect(points.map(({ policy, isOnFront }) => [policy, isOnFront])).toEqual([['learned', true], ['tuned', false], ['fair', true]]);
    expect(front.match(/[ML]/g)).toEqual(['M', 'L']);
  });

  it('has faster lower and cheaper further left, all within its axes', () => {
    const { points, rows, columns } = paretoChart(figures.slice(0, 3) as never, none, size);
    const [learned, tuned, fair] = points;
    expect(learned?.y).toBeGreaterThan(tuned?.y ?? Infinity);
    expect(fair?.x).toBeLessThan(learned?.x ?? -Infinity);
    for (const { x, y } of points) {
      expect(x > 0 && x < size.width && y > 0 && y < size.height).toBe(true);
    }
    expect([rows[0]?.y, rows.at(-1)?.y, columns[0]?.x, columns.at(-1)?.x]).toEqual([240, 0, 0, 600]);
  });

  it('writes no name over another', () => {
    const near = ['learned', 'tuned', 'fair'].map((policy, index) => ({ policy, meanCompletionSeconds: 50 + index * 0.01, executorSeconds: 4000 + index }));
    const places = paretoChart([...near, { policy: 'fifo', meanCompletionSeconds: 60, executorSeconds: 6000 }], none, size).points.map(({ label }) => `${String(label.x)} ${String(label.y)}`);
    expect(new Set(places).size).toBe(4);
  });

  it('tells what was learned, and for what', () => {
    const { points } = paretoChart(splitFar(figures).near, new Map([['learned', 0.1], ['tuned', 0]]), size);
    expect(points.map(({ words, isLearned }) => [words, isLearned])).toEqual([['learned, lambda 0.1', true], ['tuned', true], ['fair', false]]);
  });

  it('can be empty, or of one', () => {
    expect(paretoChart([], none, size)).toMatchObject({ points: [], front: '' });
    expect(paretoChart([{ policy: 'fair', meanCompletionSeconds: 0, executorSeconds: 0 }], none, size)).toMatchObject({ points: [{ isOnFront: true }], front: '' });
  });
});

describe('round values', () => {
  it.each([
    [[42, 49], [40, 42, 44, 46, 48, 50]],
    [[4104, 4529], [4000, 4200, 4400, 4600]],
    [[5], [4.94, 4.96, 4.98, 5, 5.02, 5.04, 5.06]],
  ])('for %p are %p', (values, ticks) => {
    expect(ticksOf(values)).toEqual(ticks);
  });
});
