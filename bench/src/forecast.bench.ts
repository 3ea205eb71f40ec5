import { isOrreryError } from '@orrery/errors';
import { dataFolder } from './baseline/evaluation-data.js';
import { azureCapacity } from './forecast/azure.js';
import { ettHourly } from './forecast/ett.js';
import { m4Hourly } from './forecast/m4.js';
import { parseOptions } from './harness/options.js';
import { report, table } from './harness/report.js';
import { rounded } from './harness/statistics.js';

// Forecasts of public series beside the seasonal naive in the same run: many short hourly series, one multivariate one, one of a cloud's load.

const options = parseOptions('forecast', { data: { type: 'string' } });
const folder = dataFolder(options.data);

function orEnd<Result>(run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (!isOrreryError(error)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}

const m4 = orEnd(() => m4Hourly(folder));
const ett = orEnd(() => ettHourly(folder));
const azure = orEnd(() => azureCapacity(folder));

const [three, four] = [(value: number) => rounded(value, 3), (value: number) => rounded(value, 4)];
const firstSeries = ett.filter(({ series }) => series === ett[0]?.series);
const figuresOf = (results: typeof ett): [string, number][] =>
  results.flatMap(({ horizon, mse, seasonalNaiveMse, publishedMse }): [string, number][] => [
    [`mse_${horizon}`, four(mse)],
    [`nlinear_published_${horizon}`, publishedMse],
    [`snaive_mse_${horizon}`, four(seasonalNaiveMse)],
  ]);
const m4Row = (method: string, { smape, mase }: typeof m4.ours) => ({ 'm4 hourly, 48 steps': method, smape: three(smape), mase: three(mase) });
const azureRow = (method: string, { smape, mae }: typeof azure.ours) => ({ 'azure load, one day': method, smape: three(smape), mae: Math.round(mae) });
process.stdout.write(`${table([m4Row('orrery', m4.ours), m4Row('seasonal naive 24', m4.floor), m4Row('winner of the competition (published, 414 series)', { smape: 9.328, mase: 0.893 })])}\n`);
process.stdout.write(`${table([azureRow('orrery', azure.ours), azureRow('seasonal naive', azure.seasonalNaive), azureRow('last value', azure.lastValue)])}\n`);
report(
  ett.map(({ series, horizon, mse, seasonalNaiveMse, publishedMse, ridge }) => ({ series, horizon, mse: four(mse), nlinear_published: publishedMse, ratio: three(mse / publishedMse), seasonal_naive: four(seasonalNaiveMse), ridge })),
  {
    bench: 'forecast',
    m4: { smape: three(m4.ours.smape), mase: three(m4.ours.mase), snaive_smape: three(m4.floor.smape), snaive_mase: three(m4.floor.mase), coverage80: three(m4.coverage), series: m4.series },
    ett: Object.fromEntries(figuresOf(firstSeries)),
    ett_by_series: Object.fromEntries([...new Set(ett.map(({ series }) => series))].map((name) => [name, Object.fromEntries(figuresOf(ett.filter(({ series }) => series === name)))])),
    azure: {
      smape: three(azure.ours.smape),
      mae: Math.round(azure.ours.mae),
      snaive_smape: three(azure.seasonalNaive.smape),
      snaive_mae: Math.round(azure.seasonalNaive.mae),
      last_value_smape: three(azure.lastValue.smape),
      last_value_mae: Math.round(azure.lastValue.mae),
      coverage80: three(azure.coverage),
      days: azure.days,
    },
  },
);
