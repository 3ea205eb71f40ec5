import type { Observation } from '../state/observation.js';
import { featureNames } from './features.js';
import { localFeatureCount, firstParameters } from './layout.js';
import { LearnedPolicy } from './learned-policy.js';
import { namedRules } from '../heuristics/named-policies.js';

/** The least and the largest value of each local feature. */
export interface FeatureRange {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** Follows what agents are told. */
export class FeatureRecorder {
  private readonly low = new Float64Array(localFeatureCount).fill(Infinity);
  private readonly high = new Float64Array(localFeatureCount).fill(-Infinity);

  add(features: Float64Array): void {
    for (let index = 0; index < localFeatureCount; index += 1) {
      const value = features[index] as number;
      if (value < (this.low[index] as number)) this.low[index] = value;
      if (value > (this.high[index] as number)) this.high[index] = value;
    }
  }

  /** Undefined before anything was added. */
  get range(): FeatureRange | undefined {
    return (this.low[0] as number) === Infinity ? undefined : { low: [...this.low], high: [...this.high] };
  }
}

/** A value may lie outside of what was seen by this share of what was seen: features are logarithms and shares, and agents saturate softly. */
const margin = 0.5;
const leastMargin = 0.25;

/** Tells of the first feature of any job that lies far from all that was seen. */
export function strangenessIn({ low, high }: FeatureRange): (observation: Observation) => string | undefined {
  let words: string | undefined;
  const look = (features: Float64Array): void => {
    for (let index = 0; words === undefined && index < localFeatureCount; index += 1) {
      const [least, most, value] = [low[index] as number, high[index] as number, features[index] as number];
      const room = Math.max(leastMargin, margin * (most - least));
      if (value < least - room || value > most + room) words = `${featureNames[index]}: ${value.toFixed(2)}, in training ${least.toFixed(2)} to ${most.toFixed(2)}`;
    }
  };
  const watcher = new LearnedPolicy('watcher', namedRules.fair, firstParameters(0), look);
  return (observation) => {
    words = undefined;
    watcher.decide(observation);
    return words;
  };
}
