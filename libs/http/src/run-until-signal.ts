import { messageOf } from '@orrery/errors';

const shutdownTimeoutMs = 25_000;

/**
 * Starts a program and keeps it until SIGINT, SIGTERM or the end of the process that forked it, then closes it; a second signal, or a close that takes too long,
 * ends it at once. A failed start prints one line (the error's message) and ends with code 1.
 */
export async function runUntilSignal(start: () => Promise<{ close(): Promise<void> }>): Promise<void> {
  const signalled = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    // A parent that was killed cannot send a signal; its end of the channel closing says the same.
    process.once('disconnect', () => resolve());
  });
  try {
    const program = await start();
    await signalled;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
    setTimeout(() => process.exit(1), shutdownTimeoutMs).unref();
    await program.close();
    process.exit(0);
  } catch (error) {
    process.stderr.write(`orrery: ${messageOf(error)}\n`);
    process.exit(1);
  }
}
