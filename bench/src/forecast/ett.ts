import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fitNLinear, predictNLinear, seasonalNaive, type NLinear } from '@orrery/learning';
import { csvRows } from '../baseline/evaluation-data.js';
import { progress } from '../harness/report.js';
import { mean } from './scores.js';

// The protocol of LTSF-Linear: 12 months to train, 4 to validate, 4 to test (30 days each), channels standardised by the training part, every window of stride one.
const monthHours = 30 * 24;
const [trainingEnd, validationEnd, testEnd] = [12 * monthHours, 16 * monthHours, 20 * monthHours];
const inputLength = 336;
const season = 24;
const ridges = [0.0001, 0.001, 0.01, 0.03, 0.1, 0.3, 1, 3];

/** NLinear's figures in the paper (Zeng et al. 2023, table 2), by series and horizon. */
const published: Readonly<Record<string, Readonly<Record<number, number>>>> = {
  ETTh1: { 96: 0.374, 192: 0.408, 336: 0.429, 720: 0.44 },
  ETTh2: { 96: 0.277, 192: 0.344, 336: 0.357, 720: 0.394 },
};
const horizons = [96, 192, 336, 720];

export interface EttResult {
  readonly series: string;
  readonly horizon: number;
  /** Mean squared error on standardised channels, over all test windows, steps and channels. */
  readonly mse: number;
  readonly seasonalNaiveMse: number;
  /** NaN for a series that the paper does not have. */
  readonly publishedMse: number;
  readonly ridge: number;
}

function standardised(values: readonly number[]): number[] {
  const training = values.slice(0, trainingEnd);
  const centre = mean(training);
  const deviation = Math.sqrt(mean(training.map((value) => (value - centre) ** 2))) || 1;
  return values.map((value) => (value - centre) / deviation);
}

function squaredErrors(channel: readonly number[], horizon: number, predict: (window: readonly number[]) => ArrayLike<number>): number {
  let sum = 0;
  const first = validationEnd - inputLength;
  for (let start = first; start + inputLength + horizon <= testEnd; start++) {
    const path = predict(channel.slice(start, start + inputLength));
    for (let step = 0; step < horizon; step++) sum += (path[step]! - channel[start + inputLength + step]!) ** 2;
  }
  return sum / ((testEnd - validationEnd - horizon + 1) * horizon);
}

const testError = (channels: readonly (readonly number[])[], model: NLinear): number => mean(channels.map((channel) => squaredErrors(channel, model.horizon, (window) => predictNLinear(model, window))));

/** The hourly transformer series that are there, multivariate: the linear map of all channels in closed form, its ridge by the validation part. */
export function ettHourly(dataFolder: string): EttResult[] {
  const folder = path.join(dataFolder, 'forecast-ett');
  const there = existsSync(folder) ? readdirSync(folder).filter((file) => /^ETTh.*\.csv\.gz$/.test(file)).sort() : [];
  return (there.length === 0 ? ['ETTh1.csv.gz'] : there).flatMap((file) => resultsOf(folder, file));
}

function resultsOf(folder: string, file: string): EttResult[] {
  const rows = csvRows(folder, file, 'https://github.com/zhouhaoyi/ETDataset (ETT-small)');
  const series = file.replace('.csv.gz', '');
  const names = Object.keys(rows[0] ?? {}).filter((name) => name !== 'date');
  const channels = names.map((name) => standardised(rows.map((row) => Number(row[name]))));
  return horizons.map((horizon) => {
    const { model, ridge } = fitNLinear(
      channels.map((channel) => channel.slice(0, trainingEnd)),
      channels.map((channel) => channel.slice(trainingEnd - inputLength, validationEnd)),
      { inputLength, horizon, ridges },
    );
    progress(`${series}: horizon ${horizon} fitted, ridge ${ridge}`);
    const floor = mean(channels.map((channel) => squaredErrors(channel, horizon, (window) => seasonalNaive(window, season, horizon))));
    return { series, horizon, mse: testError(channels, model), seasonalNaiveMse: floor, publishedMse: published[series]?.[horizon] ?? Number.NaN, ridge };
  });
}
