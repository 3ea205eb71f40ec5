import { setTimeout as sleep } from 'node:timers/promises';
import { OrreryError } from '@orrery/errors';

/** Sums a metric over its labels, as the platform's /metrics tells it now. */
export async function readMetric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

/** Resolves when the store has taken `records` records (new and repeated) since `before`. */
export async function storeHasTaken(url: string, records: number, before: number, timeoutMs = 300_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while ((await recordsTaken(url)) - before < records) {
    if (performance.now() > deadline) throw new OrreryError('ORRERY_TIMEOUT', `the store did not take ${records} records within ${timeoutMs} ms`);
    await sleep(20);
  }
}

export async function recordsTaken(url: string): Promise<number> {
  return (await readMetric(url, 'orrery_records_stored_total')) + (await readMetric(url, 'orrery_records_repeated_total'));
}
