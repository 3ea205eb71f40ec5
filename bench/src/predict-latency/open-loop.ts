import { setTimeout as sleep } from 'node:timers/promises';

export interface OpenLoop {
  readonly ratePerSecond: number;
  readonly seconds: number;
}

export interface OpenLoopResult {
  /** From when each call was made; those that are due do not wait for earlier answers. */
  readonly latenciesMs: readonly number[];
  readonly failed: number;
}

/** Until a program that has just been started is compiled. */
const warmUpSeconds = 8;

/** Makes calls at a steady rate, whether or not earlier ones were answered; those of the first eight seconds (a third at most) do not count. */
export async function openLoop({ ratePerSecond, seconds }: OpenLoop, call: (index: number) => Promise<unknown>): Promise<OpenLoopResult> {
  const latenciesMs: number[] = [];
  const pending: Promise<void>[] = [];
  let failed = 0;
  const startedAtMs = performance.now();
  const warmUpCalls = Math.min(Math.round(warmUpSeconds * ratePerSecond), Math.floor((ratePerSecond * seconds) / 3));
  for (let index = 0; index < ratePerSecond * seconds; index++) {
    const dueAtMs = startedAtMs + (index * 1000) / ratePerSecond;
    const waitMs = dueAtMs - performance.now();
    if (waitMs > 1) await sleep(waitMs - 0.5);
    const fromMs = performance.now();
    pending.push(
      call(index).then(
        () => void (index >= warmUpCalls && latenciesMs.push(performance.now() - fromMs)),
        () => void failed++,
      ),
    );
  }
  await Promise.all(pending);
  return { latenciesMs, failed };
}

/** Makes calls one after the other; the first tenth does not count. */
export async function inTurn(count: number, call: (index: number) => Promise<unknown>): Promise<OpenLoopResult> {
  const latenciesMs: number[] = [];
  for (let index = 0; index < count; index++) {
    const fromMs = performance.now();
    await call(index);
    if (index >= count / 10) latenciesMs.push(performance.now() - fromMs);
  }
  return { latenciesMs, failed: 0 };
}
