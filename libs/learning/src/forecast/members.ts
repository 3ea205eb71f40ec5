import { canLearnLags, lagForecast, type LagRegression } from './lag-regression.js';
import { learnableSeasons } from './observed-series.js';
import { seasonalNaive } from './seasonal-naive.js';
import { smoothedForecast } from './seasonal-smoothing.js';
import { thetaForecast } from './theta.js';

/** One method of the ensemble. */
export interface Member {
  readonly name: string;
  /** Continues a history without gaps. */
  readonly forecast: (values: readonly number[], horizon: number) => number[];
}

type Method = Member['forecast'];

/** Beyond so many lags a regression on all of them costs more than it gives. */
const mostDenseLags = 200;

/**
 * The methods that suit a history: with seasons, those that know them; without, those that follow level and trend. Each also stands for shorter histories,
 * where it falls back to the seasonal naive of what season is left.
 */
export function membersFor(values: readonly number[], seasons: readonly number[]): Member[] {
  const [short, long] = [seasons[0] ?? 1, seasons.at(-1) ?? 1];
  const sparse: LagRegression = { lags: sparseLags(seasons), ridge: 0.001, levelLength: Math.max(long, 24) };
  const members: Member[] = [
    { name: 'last value', forecast: (known, horizon) => seasonalNaive(known, 1, horizon) },
    { name: 'smoothing', forecast: smoothing(seasons) },
    { name: 'theta', forecast: theta(long) },
    { name: 'lags', forecast: regression(sparse) },
  ];
  if (seasons.length > 0) {
    for (const season of seasons) {
      members.push({ name: `seasonal naive ${season}`, forecast: (known, horizon) => seasonalNaive(known, season, horizon) });
      members.push({ name: `lags of changes over ${season}`, forecast: differenced(season, regression({ ...sparse, ridge: 0.01 })) });
    }
    if (long <= mostDenseLags) members.push({ name: 'all lags', forecast: regression({ lags: range(1, long), ridge: 0.1, levelLength: long }) });
    if (long > short) members.push({ name: `smoothing ${short}`, forecast: smoothing([short]) });
  }
  if (values.every((value) => value > 0)) {
    const known = ['smoothing', 'theta', 'lags'];
    members.push(...members.filter(({ name }) => known.includes(name)).map(({ name, forecast }) => ({ name: `${name} of logarithms`, forecast: ofLogarithms(forecast) })));
  }
  return members;
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** The steps just before, the same phase of the days before with its neighbours, and the same phase a longest season ago. */
export function sparseLags(seasons: readonly number[]): number[] {
  const lags = new Set([1, 2, 3, 4]);
  const [short, long] = [seasons[0], seasons.at(-1)];
  if (short !== undefined && long !== undefined) {
    for (const lag of [short - 1, short, short + 1, short + 2, 2 * short, 2 * short + 1]) lags.add(lag);
    for (let turn = 3; turn * short < long && turn <= 6; turn++) lags.add(turn * short);
    for (const lag of [long - 1, long, long + 1]) lags.add(lag);
  }
  return [...lags].filter((lag) => lag > 0).sort((left, right) => left - right);
}

function smoothing(seasons: readonly number[]): Method {
  return (values, horizon) => smoothedForecast(values, learnableSeasons(seasons, values.length), horizon);
}

function theta(season: number): Method {
  return (values, horizon) => thetaForecast(values, values.length >= 2 * season ? season : 1, horizon);
}

function regression(settings: LagRegression): Method {
  return (values, horizon) => {
    const lags = settings.lags.filter((lag) => 3 * lag <= 2 * values.length);
    const usable = { ...settings, lags };
    return lags.length > 0 && canLearnLags(values.length, usable) ? lagForecast(values, usable, horizon) : seasonalNaive(values, 1, horizon);
  };
}

/** Forecasts the change against a season ago and adds it up again. */
function differenced(season: number, method: Method): Method {
  return (values, horizon) => {
    if (values.length <= 2 * season) return seasonalNaive(values, season, horizon);
    const changes = values.slice(season).map((value, index) => value - (values[index] ?? 0));
    const path = [...values];
    for (const change of method(changes, horizon)) path.push((path[path.length - season] ?? 0) + change);
    return path.slice(values.length);
  };
}

/** Forecasts on the logarithmic scale, where seasons multiply; for positive values. */
function ofLogarithms(method: Method): Method {
  return (values, horizon) => method(values.map(Math.log), horizon).map(Math.exp);
}
