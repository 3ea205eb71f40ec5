import { isOrreryError, messageOf } from '@orrery/errors';

const shutdownTimeoutMs = 25_000;

/**
 * Starts a program and keeps it until SIGINT, SIGTERM, SIGHUP or the end of the process that forked it, then closes it; another signal more than a
 * second after the first, or a close that takes too long, ends it at once. A failed start prints the error's message and ends with code 1.
 *
 * `start` learns through its argument that the end was asked for before it was done.
 */
export async function runUntilSignal(start: (stopping: AbortSignal) => Promise<{ close(): Promise<void> }>): Promise<void> {
  const stopping = stopRequest();
  try {
    const program = await start(stopping);
    if (!stopping.aborted) await new Promise((resolve) => stopping.addEventListener('abort', resolve));
    await program.close();
    process.exit(0);
  } catch (error) {
    process.stderr.write(`orrery: ${isOrreryError(error) ? error.message : ((error as Error).stack ?? messageOf(error))}\n`);
    process.exit(1);
  }
}

function giveUp(): void {
  process.stderr.write(`orrery: the orderly end took more than ${shutdownTimeoutMs / 1000} s and was cut off; nothing that was acknowledged is lost\n`);
  process.exit(1);
}

// A terminal and a parent that passes signals on may both tell of one Ctrl-C.
const echoMs = 1000;

function stopRequest(): AbortSignal {
  const stopping = new AbortController();
  let requestedAtMs = 0;
  const request = (): void => {
    if (!stopping.signal.aborted) {
      requestedAtMs = performance.now();
      setTimeout(giveUp, shutdownTimeoutMs).unref();
      stopping.abort();
    } else if (performance.now() - requestedAtMs > echoMs) {
      process.exit(130);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, request);
  // A parent that was killed cannot send a signal; its end of the channel closing says the same.
  process.once('disconnect', request);
  if (process.connected === false) request();
  return stopping.signal;
}
