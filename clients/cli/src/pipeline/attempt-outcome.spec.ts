import { describe, expect, it } from '@jest/globals';
import { judgeAttempt } from './attempt-outcome.js';
import { readPipeline } from './read-pipeline.js';
import { RunState, type Unit } from './run-state.js';
import type { ProcessEnd } from './task-process.js';

function unitOf(more: Partial<Unit> = {}, fields = 'retries: 2, backoff: 1s'): Unit {
  const state = new RunState({ kind: 'begin', run: 'r', source: 's', pipeline: readPipeline(`tasks: { a: { command: x, ${fields} } }`, 'p.yaml'), folder: '/', submittedAtMs: 0, isFailFast: false });
  return { ...(state.units[0] as Unit), ...more };
}

const ended = (more: Partial<ProcessEnd> = {}): ProcessEnd => ({ exitCode: 1, endedAtMs: 5_000, stopped: undefined, usage: { wallSeconds: 1, readings: 1, peakMemoryBytes: 80 * 2 ** 20 }, ...more });
const MOST = { mostBytes: 2 ** 30, isLimited: true };

describe('an attempt that failed', () => {
  it('is followed by another one after twice the wait, as often as its author allows', () => {
    expect([0, 1, 2].map((failures) => judgeAttempt(ended(), unitOf({ failures }), 'oops', MOST).next)).toEqual([{ cause: 'failure', notBeforeMs: 6_000 }, { cause: 'failure', notBeforeMs: 7_000 }, undefined]);
  });

  it.each([
    ['well', { exitCode: 0 }, 'success'],
    ['because it was told to', { exitCode: 143, signal: 'SIGTERM', stopped: 'cancel' } as const, 'cancellation'],
  ])('is followed by none when it ended %s', (_, how, outcome) => {
    const { judged, next } = judgeAttempt(ended(how), unitOf(), '', MOST);

    expect({ outcome: judged.outcome, next }).toEqual({ outcome, next: undefined });
  });

  it('at its time limit is tried again as a failure', () => {
    expect(judgeAttempt(ended({ exitCode: 143, signal: 'SIGTERM', stopped: 'timeout' }), unitOf(), '', MOST)).toMatchObject({ judged: { outcome: 'timeout' }, next: { cause: 'failure' } });
  });
});

describe('an attempt that wanted memory', () => {
  it.each([
    ['was stopped for its share', { exitCode: 137, signal: 'SIGKILL', stopped: 'memory' } as const, ''],
    ['was killed', { exitCode: 137, signal: 'SIGKILL' } as const, ''],
    ['said so itself', { exitCode: 1 }, 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory'],
  ])('because it %s is given twice as much at once, whatever its retries', (_, how, output) => {
    const { judged, next } = judgeAttempt(ended(how), unitOf({ givenBytes: 2 ** 26 }, 'retries: 0'), output, MOST);

    expect(judged).toMatchObject({ outcome: 'error', error: { type: 'OutOfMemory' } });
    expect(next).toEqual({ cause: 'memory', memoryBytes: 2 ** 27, notBeforeMs: 5_000 });
  });

  it('is given no more than there is, and ends when it had that', () => {
    const stopped = ended({ exitCode: 137, stopped: 'memory' });

    expect(judgeAttempt(stopped, unitOf({ givenBytes: 700 * 2 ** 20 }), '', MOST).next?.memoryBytes).toBe(2 ** 30);
    expect(judgeAttempt(stopped, unitOf({ givenBytes: 2 ** 30 }), '', MOST).next).toBeUndefined();
  });

  it('without a share is given twice what was seen of it', () => {
    expect(judgeAttempt(ended({ exitCode: 137, signal: 'SIGKILL' }), unitOf(), '', MOST).next?.memoryBytes).toBe(160 * 2 ** 20);
  });

  it('is tried once more only where nothing holds it to what it is given', () => {
    const killed = ended({ exitCode: 137, signal: 'SIGKILL' });

    expect([0, 1].map((memoryRaises) => judgeAttempt(killed, unitOf({ memoryRaises }), '', { ...MOST, isLimited: false }).next?.cause)).toEqual(['memory', undefined]);
  });

  it('is not one that a person killed at its time limit, or that ended well whatever it said', () => {
    expect(judgeAttempt(ended({ exitCode: 137, stopped: 'timeout' }), unitOf(), '', MOST).judged.outcome).toBe('timeout');
    expect(judgeAttempt(ended({ exitCode: 0 }), unitOf(), 'out of memory', MOST).judged.outcome).toBe('success');
  });
});
