import { OrreryError } from '@orrery/errors';

/** Waits for work, but not longer than `limitMs`; what it does afterwards is not looked at. @throws ORRERY_DEPENDENCY when the time is up. */
export async function withDeadline<Result>(work: Promise<Result>, limitMs: number, what: string): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new OrreryError('ORRERY_DEPENDENCY', `${what} took longer than ${limitMs} ms`, { details: { limitMs } })), limitMs);
  });
  work.catch(() => undefined);
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
