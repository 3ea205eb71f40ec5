import { chmod, lstat, mkdir } from 'node:fs/promises';
import { messageOf, OrreryError } from '@orrery/errors';

/**
 * Opens the first of the candidate folders that is ours alone to write and that every account may pass through.
 * What lies under /tmp is open to others, so a folder there is trusted only when it is ours.
 *
 * @throws ORRERY_CONFIG when none can be used, with each reason.
 */
export async function openOwnFolder(purpose: string, candidates: readonly string[]): Promise<string> {
  const failures: string[] = [];
  for (const candidate of candidates) {
    try {
      await mkdir(candidate, { recursive: true });
      const status = await lstat(candidate);
      if (status.isDirectory() && status.uid === process.getuid?.()) {
        await chmod(candidate, 0o755);
        return candidate;
      }
      failures.push(`${candidate} belongs to someone else`);
    } catch (error) {
      failures.push(messageOf(error));
    }
  }
  throw new OrreryError('ORRERY_CONFIG', `no place for ${purpose}: ${failures.join('; ')}`);
}
