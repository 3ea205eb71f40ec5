import { describe, expect, it } from '@jest/globals';
import { OrreryError, type ErrorCode } from '@orrery/errors';
import pg from 'pg';
import { QueryFailedError } from 'typeorm';
import { isClientTimeout, translateDatabaseError } from './database-errors.js';

function fromServer(sqlState: string, message: string, fields: Partial<pg.DatabaseError> = {}): QueryFailedError {
  const error = Object.assign(new pg.DatabaseError(message, message.length, 'error'), { code: sqlState, severity: 'ERROR', ...fields });
  return new QueryFailedError('insert into secret values ($1)', ['hunter2'], error);
}

function fromDriver(message: string, code?: string): Error {
  return Object.assign(new Error(message), code === undefined ? {} : { code });
}

describe('error of the server', () => {
  it.each<[string, ErrorCode, boolean]>([
    ['22P05', 'ORRERY_VALIDATION', false],
    ['22021', 'ORRERY_VALIDATION', false],
    ['23505', 'ORRERY_VALIDATION', false],
    ['23514', 'ORRERY_VALIDATION', false],
    ['21000', 'ORRERY_VALIDATION', false],
    ['54000', 'ORRERY_VALIDATION', false],
    ['42501', 'ORRERY_FORBIDDEN', false],
    ['40001', 'ORRERY_CONFLICT', true],
    ['40P01', 'ORRERY_CONFLICT', true],
    ['55P03', 'ORRERY_TIMEOUT', true],
    ['57014', 'ORRERY_TIMEOUT', true],
    ['53100', 'ORRERY_DEPENDENCY', true],
    ['53300', 'ORRERY_DEPENDENCY', true],
    ['57P01', 'ORRERY_DEPENDENCY', true],
    ['57P03', 'ORRERY_DEPENDENCY', true],
    ['25006', 'ORRERY_DEPENDENCY', true],
    ['58030', 'ORRERY_DEPENDENCY', true],
    ['XX001', 'ORRERY_DEPENDENCY', true],
    ['28P01', 'ORRERY_CONFIG', true],
    ['3D000', 'ORRERY_CONFIG', true],
    ['42P01', 'ORRERY_CONFIG', true],
  ])('%s is %s, retriable: %s', (sqlState, code, retriable) => {
    const translated = translateDatabaseError(fromServer(sqlState, 'it went wrong'));

    expect(translated).toMatchObject({ code, retriable, details: { sqlState } });
  });

  it('tells table, column and constraint, never statement, parameters or values', () => {
    const translated = translateDatabaseError(
      fromServer('22P02', 'invalid input syntax for type integer: "hunter2"', { table: 'run', column: 'attempt', constraint: 'positive', detail: 'hunter2', where: 'hunter2' }),
    ) as OrreryError;

    expect(translated.details).toEqual({ sqlState: '22P02', table: 'run', column: 'attempt', constraint: 'positive' });
    expect([translated.message, translated.stack, JSON.stringify(translated), String(translated.cause)].join()).not.toMatch(/hunter2|secret/);
  });

  it('keeps the names that a message quotes', () => {
    expect(translateDatabaseError(fromServer('23505', 'duplicate key value violates unique constraint "run_pkey"'))).toMatchObject({ message: expect.stringContaining('run_pkey') });
  });
});

describe('error of the connection', () => {
  it.each([
    ['connect ECONNREFUSED 127.0.0.1:5432', 'ECONNREFUSED'],
    ['read ECONNRESET', 'ECONNRESET'],
    ['getaddrinfo EAI_AGAIN database', 'EAI_AGAIN'],
    ['Connection terminated unexpectedly', undefined],
    ['Connection terminated due to connection timeout', undefined],
    ['timeout exceeded when trying to connect', undefined],
    ['Client has encountered a connection error and is not queryable', undefined],
    ['Cannot use a pool after calling end on the pool', undefined],
  ])('"%s" is the dependency\'s and can be tried again', (message, code) => {
    expect(translateDatabaseError(fromDriver(message, code))).toMatchObject({ code: 'ORRERY_DEPENDENCY', retriable: true });
  });

  it('is a timeout when the client gave up waiting', () => {
    const error = new QueryFailedError('select 1', [], fromDriver('Query read timeout'));

    expect(isClientTimeout(error)).toBe(true);
    expect(translateDatabaseError(error)).toMatchObject({ code: 'ORRERY_TIMEOUT', retriable: true });
  });
});

describe('error of another kind', () => {
  it('comes back as it is', () => {
    const own = new OrreryError('ORRERY_NOT_FOUND', 'no such run');
    const foreign = new TypeError('x is not a function');

    expect(translateDatabaseError(own)).toBe(own);
    expect(translateDatabaseError(foreign)).toBe(foreign);
    expect(translateDatabaseError(undefined)).toBeUndefined();
    expect(translateDatabaseError('text')).toBe('text');
  });
});
