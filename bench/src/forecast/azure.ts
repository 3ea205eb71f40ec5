import path from 'node:path';
import { forecast, seasonalNaive } from '@orrery/learning';
import { csvRows } from '../baseline/evaluation-data.js';
import { progress } from '../harness/report.js';
import { coverage, mean, meanAbsoluteError, smape } from './scores.js';

const stepMs = 300_000;
const dayValues = 288;

interface Scored {
  readonly smape: number;
  readonly mae: number;
}

export interface AzureResult {
  readonly days: number;
  readonly ours: Scored;
  readonly seasonalNaive: Scored;
  readonly lastValue: Scored;
  readonly coverage: number;
}

/** Average processor load of a cloud, five-minute means: each day of the later half from all before it. */
export function azureCapacity(dataFolder: string): AzureResult {
  const rows = csvRows(path.join(dataFolder, 'capacity-azure-vm'), 'azure_cpu_5min.csv.gz', 'https://github.com/amcs1729/Predicting-cloud-CPU-usage-on-Azure-data (azure.csv)');
  const values = rows.map((row) => Number(row['avg cpu']));
  const startMs = Date.parse(`${rows[0]?.timestamp ?? ''}Z`);
  const historyDays = Math.ceil(values.length / dayValues / 2);
  const days = Math.floor(values.length / dayValues) - historyDays;
  const scores = Array.from({ length: days }, (_, day) => {
    const known = values.slice(0, (historyDays + day) * dayValues);
    const truth = values.slice(known.length, known.length + dayValues);
    const ours = forecast({ values: known, startMs, stepMs, horizon: dayValues, isNonNegative: true });
    progress(`capacity: day ${day + 1} of ${days}`);
    const scored = (forecasts: readonly number[]): Scored => ({ smape: smape(forecasts, truth), mae: meanAbsoluteError(forecasts, truth) });
    return { ours: scored(ours.p50), seasonalNaive: scored(seasonalNaive(known, dayValues, dayValues)), lastValue: scored(seasonalNaive(known, 1, dayValues)), coverage: coverage(truth, ours) };
  });
  const averaged = (of: 'ours' | 'seasonalNaive' | 'lastValue'): Scored => ({ smape: mean(scores.map((each) => each[of].smape)), mae: mean(scores.map((each) => each[of].mae)) });
  return { days, ours: averaged('ours'), seasonalNaive: averaged('seasonalNaive'), lastValue: averaged('lastValue'), coverage: mean(scores.map((each) => each.coverage)) };
}
