import { seededRandom, type Random } from '@orrery/stats';

export interface EvolutionSettings {
  /** Candidates come in pairs on both sides of the mean. @default 16 */
  readonly pairCount?: number;
  /** Spread of candidates around the mean at the beginning and at the end. @default [0.08, 0.04] */
  readonly spread?: readonly [first: number, last: number];
  /** Step of each parameter, for a slope that is always the same; the second half of the training goes down to a tenth. @default 0.03 */
  readonly stepSize?: number;
  /** How much the average keeps of what it was, a generation. @default 0.95 */
  readonly averaging?: number;
}

const adam = { slope: 0.9, square: 0.99, least: 1e-8 };
/** A pair that differs by more than so many times what pairs usually do counts as one that differs by this. */
const outlierLimit = 2;

/**
 * Evolution strategies over one array of parameters: candidates in mirrored pairs, steps by Adam along the slope that their costs show, and a running
 * average of the mean, which is what is kept. Everything follows from the seed and from the costs.
 *
 * Source: Salimans et al. 2017, arXiv 1703.03864; Kingma and Ba 2015 (Adam).
 * @example
 * const candidates = evolution.candidates();
 * evolution.learn(candidates.map(costOf));
 */
export class Evolution {
  readonly average: Float64Array;
  generation = 0;
  private readonly mean: Float64Array;
  private readonly slopes: Float64Array;
  private readonly squares: Float64Array;
  private readonly random: Random;
  private readonly settings: Required<EvolutionSettings>;
  private directions: readonly Float64Array[] = [];

  /** @param generations in all, which the schedules are stretched over. */
  constructor(
    first: Float64Array,
    private readonly generations: number,
    seed: number,
    { pairCount = 16, spread = [0.08, 0.04], stepSize = 0.03, averaging = 0.95 }: EvolutionSettings = {},
  ) {
    this.settings = { pairCount, spread, stepSize, averaging };
    this.random = seededRandom(seed);
    this.mean = Float64Array.from(first);
    this.average = Float64Array.from(first);
    this.slopes = new Float64Array(first.length);
    this.squares = new Float64Array(first.length);
  }

  /** Twice as many as pairs: those of a pair side by side. */
  candidates(): readonly Float64Array[] {
    const { mean, random } = this;
    const spread = this.spread();
    this.directions = Array.from({ length: this.settings.pairCount }, () => Float64Array.from({ length: mean.length }, () => random.normal()));
    return this.directions.flatMap((direction) => [mean.map((value, index) => value + spread * (direction[index] as number)), mean.map((value, index) => value - spread * (direction[index] as number))]);
  }

  /** Steps towards smaller costs. @param costs of the candidates last given, in their order. */
  learn(costs: readonly number[]): void {
    const { directions, mean } = this;
    const gains = directions.map((_, pair) => (costs[2 * pair + 1] as number) - (costs[2 * pair] as number));
    const usual = Math.sqrt(gains.reduce((sum, gain) => sum + gain * gain, 0) / gains.length) + 1e-12;
    const slope = new Float64Array(mean.length);
    for (const [pair, direction] of directions.entries()) {
      const weight = Math.max(-outlierLimit, Math.min(outlierLimit, (gains[pair] as number) / usual)) / directions.length;
      for (let index = 0; index < slope.length; index += 1) slope[index] = (slope[index] as number) + weight * (direction[index] as number);
    }
    this.step(slope);
    this.generation += 1;
  }

  private step(slope: Float64Array): void {
    const { mean, average, slopes, squares, settings } = this;
    const stepSize = this.stepSize();
    const unbiased = { slope: 1 - adam.slope ** (this.generation + 1), square: 1 - adam.square ** (this.generation + 1) };
    for (let index = 0; index < mean.length; index += 1) {
      const value = slope[index] as number;
      slopes[index] = adam.slope * (slopes[index] as number) + (1 - adam.slope) * value;
      squares[index] = adam.square * (squares[index] as number) + (1 - adam.square) * value * value;
      mean[index] = (mean[index] as number) + (stepSize * (slopes[index] as number)) / unbiased.slope / (Math.sqrt((squares[index] as number) / unbiased.square) + adam.least);
      average[index] = settings.averaging * (average[index] as number) + (1 - settings.averaging) * (mean[index] as number);
    }
  }

  private spread(): number {
    const [first, last] = this.settings.spread;
    return first + (last - first) * Math.min(1, this.generation / this.generations);
  }

  private stepSize(): number {
    const done = Math.min(1, this.generation / this.generations);
    return this.settings.stepSize * (done < 0.5 ? 1 : Math.max(0.1, 1 - 1.8 * (done - 0.5)));
  }
}
