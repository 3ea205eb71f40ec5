import { SampleKind } from '@orrery/contracts';
import type { Microseconds } from './instant.js';
import { keyed, type Join } from './join.js';
import type { SampleState } from './leaf-state.js';

/** What a task's samples of one name come to: the largest gauge, or the last value of a running sum. */
export interface Measure {
  readonly name: string;
  readonly unit: string;
  readonly kind: SampleKind;
  readonly value: number;
  readonly atUs: Microseconds;
}

const maxMeasures = 64;

/** Samples of one name but of different unit or kind are different measures. */
const keyOf = ({ name, unit, kind }: Measure) => `${name}\u0000${unit}\u0000${kind}`;

export const joinMeasures: Join<readonly Measure[]> = keyed(
  keyOf,
  (a, b) => {
    const order = a.kind === SampleKind.SUM ? b.atUs - a.atUs || b.value - a.value : b.value - a.value || b.atUs - a.atUs;
    return order > 0 ? b : a;
  },
  { limit: maxMeasures },
);

export function measureOf(sample: SampleState): Measure {
  return { name: sample.name ?? '', unit: sample.unit ?? '', kind: sample.kind, value: sample.value, atUs: sample.atUs };
}
