import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readPipeline } from './read-pipeline.js';
import type { BeginEntry, RunEntry } from './run-entry.js';
import { foldRun, RunState } from './run-state.js';

const begin = (text: string): BeginEntry => ({ kind: 'begin', run: 'r', source: 's', pipeline: readPipeline(text, 'p.yaml'), folder: '/', submittedAtMs: 1_000, isFailFast: false });
const life = (runAttempt: number): RunEntry => ({ kind: 'life', runAttempt, atMs: 2_000, worker: '' });
const start = (task: string, attempt = 1, memoryBytes?: number): RunEntry => ({ kind: 'start', task, attempt, atMs: 2_000, memoryBytes });
const end = (task: string, more: Partial<Extract<RunEntry, { kind: 'end' }>> = {}): RunEntry => ({ kind: 'end', task, attempt: 1, atMs: 3_000, outcome: 'success', usage: {}, ...more });
const told = (entries: number): RunEntry => ({ kind: 'told', entries });

const DIAMOND = 'tasks:\n  a: x\n  b: { command: x, depends_on: a, count: 2 }\n  c: { command: x, depends_on: b }\n  d: x\n';

function stateOf(...entries: RunEntry[]): RunState {
  const state = new RunState(begin(DIAMOND));
  for (const entry of [life(1), ...entries]) state.apply(entry);
  return state;
}

const ready = (state: RunState, nowMs = 10_000) => state.ready(nowMs).map(({ id }) => id);

describe('a run of a pipeline', () => {
  it('has ready what waits for nothing that is open', () => {
    expect(ready(stateOf())).toEqual(['a', 'd']);
    expect(ready(stateOf(start('a'), end('a')))).toEqual(['b[0]', 'b[1]', 'd']);
    expect(ready(stateOf(start('a'), end('a'), start('b[0]'), end('b[0]')))).toEqual(['b[1]', 'd']);
    expect(ready(stateOf(...['a', 'b[0]', 'b[1]'].flatMap((task) => [start(task), end(task)])))).toEqual(['c', 'd']);
  });

  it('waits with the next attempt until its time has come', () => {
    const state = stateOf(start('a'), end('a', { outcome: 'failure', next: { cause: 'failure', notBeforeMs: 20_000 } }));

    expect(ready(state)).toEqual(['d']);
    expect(state.nextWakeMs(10_000)).toBe(20_000);
    expect(ready(state, 20_000)).toEqual(['a', 'd']);
    expect(state.unit('a')).toMatchObject({ attempts: 1, failures: 1 });
  });

  it('keeps what a want of memory taught, also in a later attempt of the run', () => {
    const state = stateOf(start('a', 1, 100), end('a', { outcome: 'error', next: { cause: 'memory', notBeforeMs: 0, memoryBytes: 200 } }));
    expect(state.unit('a')).toMatchObject({ status: 'waiting', memoryBytes: 200, givenBytes: 100, failures: 0, memoryRaises: 1 });

    state.apply({ kind: 'cancel', atMs: 0, reason: 'signal' });
    state.apply(life(2));
    expect(state.unit('a')).toMatchObject({ status: 'waiting', memoryBytes: 200, attempts: 0, memoryRaises: 0 });
  });

  it('skips what depends on a failure, and ends with the worst of its tasks', () => {
    const state = stateOf(start('a'), end('a', { outcome: 'failure' }), start('d'), end('d', { outcome: 'timeout' }));

    expect(state.units.map(({ id, status }) => `${id} ${status}`)).toEqual(['a failed', 'b[0] skipped', 'b[1] skipped', 'c skipped', 'd failed']);
    expect(state).toMatchObject({ isExhausted: true, outcome: 'timeout' });
  });

  it('starts nothing once it is cancelled, and begins anew with what is left when it is taken up', () => {
    const state = stateOf(start('a'), end('a'), start('d'), { kind: 'cancel', atMs: 0, reason: 'signal' }, end('d', { outcome: 'cancellation' }));
    expect(ready(state)).toEqual([]);
    expect(state).toMatchObject({ isExhausted: true, outcome: 'cancellation' });

    state.apply({ kind: 'finish', atMs: 0, outcome: 'cancellation' });
    state.apply(life(2));
    expect(ready(state)).toEqual(['b[0]', 'b[1]', 'd']);
    expect(state.finished).toBeUndefined();
  });

  it('knows what the platform may not have heard', () => {
    expect(stateOf(start('a')).isUntold).toBe(true);
    expect(stateOf(start('a'), told(3)).isUntold).toBe(false);
    expect(stateOf(start('a'), end('a'), told(3)).isUntold).toBe(true);
  });

  it('is read from its journal as it was, wherever the last line was cut off', () => {
    const entries: RunEntry[] = [begin(DIAMOND), life(1), start('a'), end('a'), start('b[0]'), end('b[0]', { outcome: 'failure' }), start('d'), told(7)];
    const text = `${entries.map((entry) => JSON.stringify(entry)).join('\n')}\n`;
    fc.assert(
      fc.property(fc.nat(text.length), (length) => {
        const whole = text.slice(0, length).split('\n').length - 1;
        // The last line may be complete but for its end.
        const isComplete = text[length] === '\n';
        const expected = entries.slice(0, isComplete ? whole + 1 : whole);
        expect(foldRun(text.slice(0, length).split('\n'))).toEqual(foldRun(expected.map((entry) => JSON.stringify(entry))));
      }),
    );
    expect(foldRun(text.split('\n'))?.units.map(({ status }) => status)).toEqual(['succeeded', 'failed', 'waiting', 'skipped', 'running']);
    expect(foldRun(['', 'nonsense'])).toBeUndefined();
  });
});
