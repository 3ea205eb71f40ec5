import { isOrreryError } from '@orrery/errors';

export const exitCodes = { ok: 0, failed: 1, usage: 2, unreachable: 3, notFound: 4, partlyDone: 5 } as const;

export const exitCodesHelp = `
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 server cannot be reached, 4 not found, 5 partly done.`;

/** The exit code that stands for an error. */
export function exitCodeOf(error: unknown): number {
  if (!isOrreryError(error)) return exitCodes.failed;
  switch (error.code) {
    case 'ORRERY_VALIDATION':
    case 'ORRERY_CONFIG':
      return exitCodes.usage;
    case 'ORRERY_DEPENDENCY':
    case 'ORRERY_TIMEOUT':
      return exitCodes.unreachable;
    case 'ORRERY_NOT_FOUND':
      return exitCodes.notFound;
    default:
      return exitCodes.failed;
  }
}
