import { describe, expect, it } from '@jest/globals';
import type { ErrorCode } from '@orrery/errors';
import { failureKind, serverFailure } from './server-failure.js';

const ended = { code: 1, signal: null };

describe('failure of a database program', () => {
  it.each<[string, ErrorCode, string]>([
    ['FATAL:  could not write lock file "postmaster.pid": No space left on device', 'ORRERY_DEPENDENCY', 'other'],
    ['FATAL:  could not extend file "base/1/2691": wrote only 4096 of 8192 bytes at block 9', 'ORRERY_DEPENDENCY', 'other'],
    ['LOG:  could not bind IPv4 address "127.0.0.1": Address already in use', 'ORRERY_CONFLICT', 'port'],
    ['FATAL:  pre-existing shared memory block (key 3, ID 7) is still in use', 'ORRERY_CONFLICT', 'leftovers'],
    ['FATAL:  data directory "/data" has wrong ownership', 'ORRERY_CONFIG', 'other'],
    ['initdb: error: could not access directory "/data": Permission denied', 'ORRERY_CONFIG', 'other'],
    ['FATAL:  could not map anonymous shared memory: Cannot allocate memory', 'ORRERY_CONFIG', 'other'],
    ['postgres: error while loading shared libraries: libicui18n.so.60: cannot open', 'ORRERY_CONFIG', 'other'],
    ['PANIC:  something nobody foresaw', 'ORRERY_DEPENDENCY', 'other'],
  ])('"%s" is %s', (line, code, kind) => {
    const failure = serverFailure('postgres', ended, ['LOG:  starting', line, 'LOG:  database system is shut down']);

    expect(failure).toMatchObject({ code, message: expect.stringContaining(line) });
    expect(failureKind(failure)).toBe(kind);
  });

  it('that could not even be started says why', () => {
    expect(serverFailure('initdb', { code: null, signal: null, error: new Error('spawn initdb ENOENT') }, [])).toMatchObject({ message: 'initdb could not be started: spawn initdb ENOENT' });
  });

  it('that was killed names the signal', () => {
    expect(serverFailure('postgres', { code: null, signal: 'SIGKILL' }, []).message).toBe('postgres ended with SIGKILL');
  });
});
