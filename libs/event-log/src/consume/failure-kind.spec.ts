import { describe, expect, it } from '@jest/globals';
import { OrreryError } from '@orrery/errors';
import { failureKindOf } from './failure-kind.js';

const withCode = (code: string): Error => Object.assign(new Error('failed'), { code });

describe('kind of a failure', () => {
  it('is what an OrreryError says', () => {
    expect(failureKindOf(new OrreryError('ORRERY_DEPENDENCY', 'down'))).toBe('retriable');
    expect(failureKindOf(new OrreryError('ORRERY_VALIDATION', 'bad'))).toBe('faulty');
    expect(failureKindOf(new OrreryError('ORRERY_DEPENDENCY', 'gone for good', { retriable: false }))).toBe('faulty');
  });

  it('is retriable when a driver says that the other side is away or busy', () => {
    const codes = ['ECONNREFUSED', 'EAI_AGAIN', 'ENOSPC', '08006', '53100', '57P01', '57P03', '40001', '40P01', '55P03'];
    for (const code of codes) expect([code, failureKindOf(withCode(code))]).toEqual([code, 'retriable']);
    expect(failureKindOf(new Error('Connection terminated unexpectedly'))).toBe('retriable');
    expect(failureKindOf(new Error('timeout exceeded when trying to connect'))).toBe('retriable');
  });

  it('is found behind the errors that wrap it', () => {
    expect(failureKindOf(new Error('query failed', { cause: withCode('ECONNRESET') }))).toBe('retriable');
    expect(failureKindOf(Object.assign(new Error('query failed'), { driverError: withCode('57P01') }))).toBe('retriable');
    expect(failureKindOf(new Error('work failed', { cause: new OrreryError('ORRERY_TIMEOUT', 'slow') }))).toBe('retriable');
  });

  it('is unknown for what may lie with the record', () => {
    for (const error of [new TypeError('x is undefined'), withCode('23505'), withCode('22P05'), 'a string', null, undefined, 7]) {
      expect(failureKindOf(error)).toBe('unknown');
    }
  });

  it('ends although errors cause each other', () => {
    const error = new Error('chicken');
    error.cause = new Error('egg', { cause: error });

    expect(failureKindOf(error)).toBe('unknown');
  });
});
