/** The tail of the normal distribution beyond z >= 0, to full precision also far out, where scores differ in the last digits only. */
function upperTail(z: number): number {
  const x = z / Math.SQRT2;
  return x < 2 ? 0.5 * (1 - errorFunction(x)) : 0.5 * complementFarOut(x);
}

/** Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.6. */
function errorFunction(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n += 1) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** 1 - erf(x) for x >= 2. Source: Abramowitz and Stegun 7.1.14, the continued fraction, from its end. */
function complementFarOut(x: number): number {
  let fraction = x;
  for (let n = 100; n >= 1; n -= 1) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
}

interface Moments {
  readonly mean: number;
  readonly deviation: number;
}

/** Of the population; a deviation of zero becomes one millionth, as the benchmark's detector has it. */
function momentsOf(values: readonly number[]): Moments {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: variance === 0 ? 1e-6 : Math.sqrt(variance) };
}

const windowLength = 6400;
const slideLength = 100;

/** Twelve decimals are what the published scores were written with, and what their threshold of exactly 1 was chosen on. */
function asPublished(score: number): number {
  return Number(score.toFixed(12));
}

/**
 * The floor: how improbable each value is under a normal distribution of the values in a long window before it.
 * Source: the benchmark's windowed Gaussian detector, window 6400, moved on by 100.
 */
export function windowedGaussian(values: readonly number[]): number[] {
  const window: number[] = [];
  let waiting: number[] = [];
  let growing = { count: 0, mean: 0, squares: 0 };
  let moments: Moments = { mean: 0, deviation: 1 };
  return values.map((value, index) => {
    const score = index === 0 ? 0 : 1 - upperTail(Math.abs(value - moments.mean) / moments.deviation);
    if (window.length < windowLength) {
      window.push(value);
      const count = growing.count + 1;
      const mean = growing.mean + (value - growing.mean) / count;
      growing = { count, mean, squares: growing.squares + (value - growing.mean) * (value - mean) };
      moments = { mean, deviation: growing.squares === 0 ? 1e-6 : Math.sqrt(growing.squares / count) };
    } else {
      waiting.push(value);
      if (waiting.length === slideLength) {
        window.splice(0, slideLength);
        window.push(...waiting);
        waiting = [];
        moments = momentsOf(window);
      }
    }
    return asPublished(score);
  });
}
