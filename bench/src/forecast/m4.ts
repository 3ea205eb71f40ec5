import path from 'node:path';
import { forecast, seasonalNaive } from '@orrery/learning';
import { csvRows } from '../baseline/evaluation-data.js';
import { progress } from '../harness/report.js';
import { coverage, mean, meanAbsoluteError, seasonalScale, smape } from './scores.js';

const publicSource = 'https://github.com/Mcompetitions/M4-methods (Dataset/Train and Dataset/Test, Hourly)';
const season = 24;

interface Scored {
  readonly smape: number;
  readonly mase: number;
}

export interface M4Result {
  readonly series: number;
  readonly ours: Scored;
  readonly floor: Scored;
  /** Share of the truths within p10 and p90. */
  readonly coverage: number;
}

// A row is shorter than the header where the series is: its cells, not its columns, say how long it is.
function seriesOf(folder: string, file: string): Map<string, number[]> {
  const rows = csvRows(folder, file, publicSource).map((row) => Object.values(row).filter((cell) => cell !== ''));
  return new Map(rows.map(([name = '', ...cells]) => [name, cells.map(Number)]));
}

/** M4 hourly, horizon 48: the mean of each series' errors, as in the competition. */
export function m4Hourly(dataFolder: string): M4Result {
  const folder = path.join(dataFolder, 'forecast-m4');
  const training = seriesOf(folder, 'Hourly-train.csv.gz');
  const test = seriesOf(folder, 'Hourly-test.csv.gz');
  const scores = [...training].flatMap(([name, values], index) => {
    const truth = test.get(name);
    if (truth === undefined) return [];
    if (index % 50 === 49) progress(`M4: ${index + 1} of ${training.size} series`);
    const scale = seasonalScale(values, season);
    const scored = (forecasts: readonly number[]): Scored => ({ smape: smape(forecasts, truth), mase: meanAbsoluteError(forecasts, truth) / scale });
    // The competition's series are all positive.
    const ours = forecast({ values, startMs: 0, stepMs: 3_600_000, horizon: truth.length, isNonNegative: true });
    return [{ ours: scored(ours.p50), floor: scored(seasonalNaive(values, season, truth.length)), coverage: coverage(truth, ours) }];
  });
  const averaged = (of: 'ours' | 'floor'): Scored => ({ smape: mean(scores.map((each) => each[of].smape)), mase: mean(scores.map((each) => each[of].mase)) });
  return { series: scores.length, ours: averaged('ours'), floor: averaged('floor'), coverage: mean(scores.map((each) => each.coverage)) };
}
