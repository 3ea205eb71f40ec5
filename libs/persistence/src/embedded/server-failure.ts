import { isOrreryError, OrreryError, type ErrorCode } from '@orrery/errors';
import type { ProgramEnd } from './server-program.js';

/** What starting again can help against: another port, or waiting for what an earlier server left. */
export type FailureKind = 'port' | 'leftovers' | 'other';

interface Cause {
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  readonly hint: string;
  readonly kind?: FailureKind;
}

// What PostgreSQL (messages of version 18, locale C) prints before it gives up.
const causes: readonly Cause[] = [
  { pattern: /No space left on device|Disk quota exceeded|could not extend file|wrote only \d+ of/, code: 'ORRERY_DEPENDENCY', hint: 'the disk is full' },
  { pattern: /pre-existing shared memory block|lock file "postmaster.pid" already exists/, code: 'ORRERY_CONFLICT', hint: 'another server uses the folder', kind: 'leftovers' },
  { pattern: /could not bind|Address already in use|could not create any TCP\/IP sockets/, code: 'ORRERY_CONFLICT', hint: 'the port is taken', kind: 'port' },
  { pattern: /Permission denied|wrong ownership|invalid permissions|Read-only file system/, code: 'ORRERY_CONFIG', hint: 'no permission on its files' },
  { pattern: /Cannot allocate memory|could not map anonymous shared memory/, code: 'ORRERY_CONFIG', hint: 'not enough memory for its shared buffers' },
  { pattern: /error while loading shared libraries/, code: 'ORRERY_CONFIG', hint: 'a system library is missing' },
  { pattern: /unrecognized configuration parameter|invalid value for parameter/, code: 'ORRERY_CONFIG', hint: 'a setting is wrong' },
];

/** Says why a program of PostgreSQL ended, from its last words. */
export function serverFailure(program: string, end: ProgramEnd, lastLines: readonly string[]): OrreryError {
  const text = [end.error?.message ?? '', ...lastLines].join('\n');
  const cause = causes.find(({ pattern }) => pattern.test(text));
  const how = end.error ? `could not be started: ${end.error.message}` : `ended with ${end.signal ?? `code ${end.code}`}`;
  const telling = lastLines.filter((line) => /FATAL|PANIC|error:|ERROR|could not/.test(line)).slice(-3);
  const quoted = (telling.length > 0 ? telling : lastLines.slice(-3)).join(' | ');
  const message = `${program} ${how}${cause ? `: ${cause.hint}` : ''}${quoted === '' ? '' : ` (${quoted})`}`;
  return new OrreryError(cause?.code ?? 'ORRERY_DEPENDENCY', message, {
    cause: end.error,
    details: { exitCode: end.code, signal: end.signal, kind: cause?.kind ?? 'other' },
  });
}

export function failureKind(error: unknown): FailureKind {
  return (isOrreryError(error) ? (error.details['kind'] as FailureKind | undefined) : undefined) ?? 'other';
}
