import { isOrreryError, messageOf, OrreryError } from '@orrery/errors';

/**
 * Runs `work` on the embedded database's files and says plainly what is wrong with disk or permissions.
 *
 * @throws ORRERY_DEPENDENCY when the disk is full.
 * @throws ORRERY_CONFIG when files may not be read or written.
 */
export async function withFileErrors<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw isOrreryError(error) ? error : fileError(what, error);
  }
}

function fileError(what: string, error: unknown): OrreryError {
  const { code, path: file } = error as NodeJS.ErrnoException;
  const details = { errno: code, file };
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new OrreryError('ORRERY_DEPENDENCY', `${what}: the disk is full (${file ?? 'unknown file'})`, { cause: error, details });
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new OrreryError('ORRERY_CONFIG', `${what}: no permission on ${file ?? 'a file'} (${code})`, { cause: error, details });
  }
  return new OrreryError('ORRERY_DEPENDENCY', `${what}: ${messageOf(error)}`, { cause: error, details });
}
