import { median } from '@orrery/stats';
import { meanOf, runningSums } from './observed-series.js';

const rates = [0.01, 0.03, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.95];

/**
 * The Theta method after the season is taken out: the mean of the trend line and of simple smoothing of the line with twice the curvature.
 *
 * Source: Assimakopoulos and Nikolopoulos, The theta model, 2000, doi 10.1016/S0169-2070(00)00066-2.
 * @param season in steps; 1: none.
 */
export function thetaForecast(values: readonly number[], season: number, horizon: number): number[] {
  const profile = season > 1 ? seasonalProfile(values, season) : [0];
  const adjusted = values.map((value, index) => value - (profile[index % profile.length] ?? 0));
  const { intercept, slope } = trendLine(adjusted);
  const curved = adjusted.map((value, index) => 2 * value - intercept - slope * index);
  const level = smoothedLevel(curved);
  return Array.from({ length: horizon }, (_, step) => {
    const at = values.length + step;
    return (level + intercept + slope * at) / 2 + (profile[at % profile.length] ?? 0);
  });
}

/** How the values of each phase lie around a mean of one season: the median over all seasons, centred. */
export function seasonalProfile(values: readonly number[], season: number): number[] {
  const sums = runningSums(values);
  const deviations: number[][] = Array.from({ length: season }, () => []);
  values.forEach((value, index) => {
    const start = Math.min(Math.max(index - (season >> 1), 0), Math.max(values.length - season, 0));
    const end = Math.min(start + season, values.length);
    deviations[index % season]?.push(value - ((sums[end] ?? 0) - (sums[start] ?? 0)) / (end - start));
  });
  const profile = deviations.map((each) => (each.length === 0 ? 0 : median(each)));
  const centre = meanOf(profile);
  return profile.map((value) => value - centre);
}

function trendLine(values: readonly number[]): { readonly intercept: number; readonly slope: number } {
  const middle = (values.length - 1) / 2;
  const mean = meanOf(values);
  let [products, squares] = [0, 0];
  values.forEach((value, index) => {
    products += (index - middle) * (value - mean);
    squares += (index - middle) ** 2;
  });
  const slope = squares === 0 ? 0 : products / squares;
  return { intercept: mean - slope * middle, slope };
}

function smoothedLevel(values: readonly number[]): number {
  let [best, least] = [values[0] ?? 0, Number.POSITIVE_INFINITY];
  for (const rate of rates) {
    let [level, squaredError] = [values[0] ?? 0, 0];
    for (let index = 1; index < values.length; index++) {
      const error = (values[index] ?? 0) - level;
      squaredError += error * error;
      level += rate * error;
    }
    if (squaredError < least) [best, least] = [level, squaredError];
  }
  return best;
}
