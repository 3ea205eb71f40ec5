import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again and again until the answer is neither undefined nor false. @throws after `timeoutMs`, with the last error that `ask` met. */
export async function eventually<Answer>(ask: () => Answer | Promise<Answer>, timeoutMs = 30_000): Promise<Exclude<Answer, undefined | false>> {
  const deadline = performance.now() + timeoutMs;
  let cause: unknown;
  while (performance.now() < deadline) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer as Exclude<Answer, undefined | false>;
    } catch (error) {
      cause = error;
    }
    await sleep(40);
  }
  throw new Error(`it did not happen within ${timeoutMs} ms`, { cause });
}
