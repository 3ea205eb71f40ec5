import { describe, expect, it } from '@jest/globals';
import type { Attempt } from '../api/wire-shapes.js';
import { aTask, anEvent, atSecond } from '../testing/task-builder.js';
import { eventBars, queueMsOf, taskBars, type Bar } from './task-bars.js';

const now = Date.parse(atSecond(100));
const told = (bars: readonly Bar[]): string[] =>
  bars.map(({ kind, attempt, standing, fromMs, toMs }) => `${kind} ${String(attempt)} ${standing} ${String((fromMs - now) / 1000 + 100)}-${String((toMs - now) / 1000 + 100)}`);
const attempt = (number: number, outcome: string, seconds: readonly [number, number, number]): Attempt =>
  ({ attempt: number, status: 'finished', outcome, queued_at: atSecond(seconds[0]), started_at: atSecond(seconds[1]), finished_at: atSecond(seconds[2]), error: null, executor: null }) as Attempt;

describe('taskBars', () => {
  it('shows waiting and working of every try', () => {
    const task = aTask('load', [1, 9], { attempts: [attempt(1, 'failure', [0, 1, 2]), attempt(2, 'success', [4, 5, 9])] });
    expect(told(taskBars(task, now))).toEqual(['queue 1 failure 0-1', 'work 1 failure 1-2', 'queue 2 success 4-5', 'work 2 success 5-9']);
  });

  it('uses the times of the task where no tries are known', () => {
    expect(told(taskBars(aTask('a', [3, 4], { queued_at: atSecond(1) }), now))).toEqual(['queue 1 success 1-3', 'work 1 success 3-4']);
  });

  it('lets what still runs or waits reach to now', () => {
    expect(told(taskBars(aTask('a', null, { status: 'running', started_at: atSecond(90) }), now))).toEqual(['work 1 running 90-100']);
    expect(told(taskBars(aTask('a', null, { status: 'queued', queued_at: atSecond(90) }), now))).toEqual(['queue 1 queued 90-100']);
  });

  it('draws no bar where there is no time, and a mark where there is only an end', () => {
    expect(taskBars(aTask('a', null), now)).toEqual([]);
    expect(told(taskBars(aTask('a', null, { status: 'finished', outcome: 'success', finished_at: atSecond(5) }), now))).toEqual(['work 1 success 5-5']);
  });

  it('never draws backwards', () => {
    expect(told(taskBars(aTask('a', [5, 3]), now))).toEqual(['work 1 success 5-5']);
  });
});

describe('eventBars', () => {
  it('reaches from start to finish', () => {
    expect(told(eventBars(anEvent('e'), now))).toEqual(['work 1 success 0-1']);
  });

  it('is a mark for what has no end and is not said to go on', () => {
    expect(told(eventBars(anEvent('log', { status: null, outcome: null, finished_at: null }), now))).toEqual(['work 1 waiting 0-0']);
  });
});

describe('queueMsOf', () => {
  it('is the wait before the first try', () => {
    expect(queueMsOf(aTask('a', [1, 9], { attempts: [attempt(1, 'failure', [0, 1, 2])] }))).toBe(1000);
    expect(queueMsOf(aTask('a', [1, 9]))).toBeNull();
  });
});
