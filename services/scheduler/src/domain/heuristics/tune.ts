import type { ListRules } from './list-policy.js';

const exponents = Array.from({ length: 17 }, (_, step) => -2 + step * 0.25);

/** Every member of the family that the tuner tries: 264. At exponent 0, total and remaining work give the same shares. */
export const tunedFamily: readonly ListRules[] = exponents.flatMap((shareExponent) =>
  (['total-work', 'remaining-work'] as const)
    .filter((shareBy) => shareExponent !== 0 || shareBy === 'total-work')
    .flatMap((shareBy) =>
      [true, false].flatMap((staysLocal) =>
        [false, true].flatMap((givesLeftovers) => (['arrival', 'remaining-work'] as const).map((order): ListRules => ({ order, shareExponent, shareBy, staysLocal, givesLeftovers, stage: 'critical-work' }))),
      ),
    ),
);

export interface Tuned {
  readonly rules: ListRules;
  /** The mean of what was made small, over the tuning seeds. */
  readonly cost: number;
}

/**
 * Tries every member of a family on the same seeds and gives the best: what a learned policy has to beat, and stands on.
 * Halving keeps it affordable: each round drops the worse half of what is left and doubles the seeds of the others (Karnin, Koren and Somekh 2013).
 *
 * @param seeds at least 1; with `halvings` 0 every member sees all of them.
 * @param costOf of one episode, smaller is better, such as the mean completion time.
 */
export function tune(seeds: readonly number[], costOf: (rules: ListRules, seed: number) => number, { family = tunedFamily, halvings = 0, onProgress }: TuneOptions = {}): Tuned {
  let candidates = family.map((rules) => ({ rules, sum: 0 }));
  let seen = 0;
  for (let round = halvings; round >= 0; round -= 1) {
    const until = Math.max(1, Math.ceil(seeds.length / 2 ** round));
    for (const [index, candidate] of candidates.entries()) {
      for (const seed of seeds.slice(seen, until)) candidate.sum += costOf(candidate.rules, seed);
      onProgress?.((index + 1) / candidates.length, round);
    }
    seen = Math.max(seen, until);
    candidates = candidates.toSorted((one, other) => one.sum - other.sum);
    if (round > 0) candidates = candidates.slice(0, Math.max(2, Math.ceil(candidates.length / 2)));
  }
  const [best] = candidates as [{ rules: ListRules; sum: number }];
  return { rules: best.rules, cost: best.sum / seeds.length };
}

export interface TuneOptions {
  /** @default tunedFamily */
  readonly family?: readonly ListRules[];
  /** How many times the worse half is dropped. @default 0 */
  readonly halvings?: number;
  /** Told of the share of the round that is done, and of the rounds that follow it. */
  readonly onProgress?: (share: number, roundsLeft: number) => void;
}
