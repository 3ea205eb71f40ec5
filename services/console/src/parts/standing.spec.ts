import { describe, expect, it } from '@jest/globals';
import type { Progress } from '../api/wire-shapes.js';
import { hasFailed, isUnderWay, standingOf } from './standing.js';

const progress = (status: string | null, outcome: string | null): Progress => ({ status, outcome }) as Progress;

describe('standingOf', () => {
  it.each([
    [null, null, 'waiting'],
    ['queued', null, 'queued'],
    ['running', null, 'running'],
    ['running', 'success', 'running'],
    ['finished', 'timeout', 'timeout'],
    ['finished', null, 'unknown'],
    [null, 'skip', 'skip'],
    ['finished', 'exploded', 'unknown'],
    ['suspended', null, 'waiting'],
  ])('takes status %p with outcome %p as %p', (status, outcome, standing) => {
    expect(standingOf(progress(status, outcome))).toBe(standing);
  });
});

describe('what the standing means', () => {
  it('counts failure, error and timeout as failed, and cancellation not', () => {
    const failed = ['success', 'failure', 'error', 'timeout', 'cancellation', 'skip'].filter((outcome) => hasFailed(progress('finished', outcome)));
    expect(failed).toEqual(['failure', 'error', 'timeout']);
  });

  it('counts paused as under way and queued not', () => {
    expect(['queued', 'running', 'paused', 'finished'].filter((status) => isUnderWay(progress(status, null)))).toEqual(['running', 'paused']);
  });
});
