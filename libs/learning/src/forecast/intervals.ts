export interface StepInterval {
  /** What to add to the forecast of the step for the lower and the upper end. */
  readonly lower: number;
  readonly upper: number;
}

/** Steps on either side that share their residuals, as a share of the horizon: one origin alone says little about one step. */
const neighbourhood = 1 / 12;

/**
 * Ends of the interval per step from backtest residuals: each residual is measured in the usual error of its step, the conformal quantiles of all of them
 * are scaled back. Beyond the backtest's last step the error grows with the root of time, as a random walk's does.
 *
 * Few origins know the usual error badly: the quantiles are widened as Student's are against the normal ones.
 *
 * Source: Stankeviciute, Alaa and van der Schaar, Conformal time-series forecasting, 2021; normalised residuals as in Lei et al. 2018, doi 10.1080/01621459.2017.1307116.
 * @param residuals truth less forecast, per origin and step; none: no interval can be said, all ends are zero.
 * @param mass share of truths between the ends. @minimum 0 @maximum 1
 */
export function stepIntervals(residuals: readonly (readonly number[])[], horizon: number, mass: number): StepInterval[] {
  const steps = residuals[0]?.length ?? 0;
  const scales = usualErrors(residuals, steps);
  const scaled = residuals.flatMap((path) => path.map((residual, step) => residual / (scales[step] ?? 1))).sort((left, right) => left - right);
  const tail = (1 - mass) / 2;
  const widening = studentWidening(residuals.length - 1);
  const [lower, upper] = [conformalQuantile(scaled, tail) * widening, conformalQuantile(scaled, 1 - tail) * widening];
  return Array.from({ length: horizon }, (_, step) => {
    const scale = step < steps ? (scales[step] ?? 0) : (scales[steps - 1] ?? 0) * Math.sqrt((step + 1) / Math.max(steps, 1));
    return { lower: Math.min(lower * scale, 0), upper: Math.max(upper * scale, 0) };
  });
}

function usualErrors(residuals: readonly (readonly number[])[], steps: number): number[] {
  const all = residuals.flat().map(Math.abs);
  const overall = all.reduce((sum, error) => sum + error, 0) / Math.max(all.length, 1);
  const reach = Math.max(1, Math.round(steps * neighbourhood));
  return Array.from({ length: steps }, (_, step) => {
    const near = residuals.flatMap((path) => path.slice(Math.max(0, step - reach), step + reach + 1)).map(Math.abs);
    // The overall error counts as much as one origin does, so that a lucky step is not believed.
    const share = near.length / (near.length + 2 * reach + 1);
    const local = near.reduce((sum, error) => sum + error, 0) / Math.max(near.length, 1);
    return share * local + (1 - share) * overall || 1e-12;
  });
}

const normalQuantile90 = 1.2815515655446004;

/**
 * How far, at 80 %, the sum over all steps lies from its forecast: from the sums of the backtests' residuals, whose errors of neighbouring steps go together.
 * For more steps than were tested it grows with their number. Zero when nothing was tested.
 */
export function sumMargin(residuals: readonly (readonly number[])[], horizon: number): number {
  if (residuals.length === 0) return 0;
  const steps = residuals[0]?.length ?? 1;
  const squares = residuals.map((path) => path.reduce((sum, residual) => sum + residual, 0) ** 2);
  const usual = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
  return normalQuantile90 * studentWidening(residuals.length - 1) * usual * (horizon / steps);
}

/** The 90 % quantile of Student's distribution over the normal one's. Source: Abramowitz and Stegun 1964, 26.7.5, first term. */
function studentWidening(degreesOfFreedom: number): number {
  return 1 + (normalQuantile90 ** 2 + 1) / (4 * Math.max(degreesOfFreedom, 1));
}

/** The conformal quantile of sorted values: one more value than there are is thought of, at the far end. Zero for none. */
function conformalQuantile(sorted: readonly number[], q: number): number {
  const rank = q < 0.5 ? Math.floor(q * (sorted.length + 1)) : Math.ceil(q * (sorted.length + 1));
  return sorted[Math.min(Math.max(rank, 1), sorted.length) - 1] ?? 0;
}
