import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Statistics } from '@orrery/sdk';
import { startPlatform } from './harness/platform.js';
import { parseOptions } from './harness/options.js';
import { report } from './harness/report.js';
import { quantile, rounded } from './harness/statistics.js';

// What recording costs the program that is recorded: the same work with and without the SDK, in pairs, order alternating.

const values = parseOptions('overhead', { pairs: { type: 'string', default: '11' }, calls: { type: 'string', default: '300' } });
const program = path.join(path.dirname(fileURLToPath(import.meta.url)), 'overhead-program.js');
const run = promisify(execFile);

interface Measured {
  readonly durationMs: number;
  readonly statistics: Statistics;
}

const platform = await startPlatform();
try {
  const measure = async (mode: 'recorded' | 'plain'): Promise<Measured> => {
    const { stdout } = await run(process.execPath, [program, values.calls, mode], { env: { ...process.env, ORRERY_URL: platform.url } });
    return JSON.parse(stdout) as Measured;
  };
  await measure('recorded');
  const ratios: number[] = [];
  const writes: number[] = [];
  const eventsPerSecond: number[] = [];
  let lost = 0;
  for (let pair = 0; pair < Number(values.pairs); pair += 1) {
    const order = pair % 2 === 0 ? (['plain', 'recorded'] as const) : (['recorded', 'plain'] as const);
    const first = await measure(order[0]);
    const second = await measure(order[1]);
    const [plain, recorded] = order[0] === 'plain' ? [first, second] : [second, first];
    ratios.push(recorded.durationMs / plain.durationMs);
    writes.push(recorded.statistics.meanWriteMs);
    eventsPerSecond.push((recorded.statistics.sentEvents / recorded.durationMs) * 1000);
    lost += Object.values(recorded.statistics.lost).reduce((sum, count) => sum + count, recorded.statistics.queuedEvents);
  }
  const row = { pairs: ratios.length, ratio_p10: rounded(quantile(ratios, 0.1), 3), ratio_p50: rounded(quantile(ratios, 0.5), 3), ratio_p90: rounded(quantile(ratios, 0.9), 3) };
  report([row], { bench: 'overhead', overhead_ratio: rounded(quantile(ratios, 0.5), 3), mean_write_ms: rounded(writes.reduce((sum, ms) => sum + ms, 0) / writes.length), lost, recorded_events_per_s: Math.round(quantile(eventsPerSecond, 0.5)) });
} finally {
  await platform.stop();
}
