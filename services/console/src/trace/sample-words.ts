import type { Sample } from '../api/wire-shapes.js';
import { durationText } from '../parts/duration.js';
import { bytesText, costText, countText } from '../parts/quantity.js';

/** One sample a name: the latest of a gauge, the sum of what adds up. */
export function latestSamples(samples: readonly Sample[]): readonly Sample[] {
  const byName = new Map<string, Sample>();
  for (const sample of samples) {
    const known = byName.get(sample.name);
    if (known === undefined) byName.set(sample.name, sample);
    else if (sample.kind === 'sum') byName.set(sample.name, { ...sample, value: known.value + sample.value });
    else if (Date.parse(sample.occurred_at ?? '') >= (Date.parse(known.occurred_at ?? '') || 0)) byName.set(sample.name, sample);
  }
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What was measured, in words; the unit that a name ends in is said with the value. */
export function sampleName({ name }: Sample): string {
  return name.replace(/_(bytes|seconds|usd)$/, '').replaceAll('_', ' ');
}

/** A measured value with its unit; units are UCUM codes. */
export function sampleText({ value, unit }: Sample): string {
  if (unit === 'By') return bytesText(value);
  if (unit === 's') return durationText(value * 1000);
  if (unit === 'ms') return durationText(value);
  if (unit === 'USD') return costText(value);
  const number = Number.isInteger(value) ? countText(value) : String(Number(value.toPrecision(4)));
  return unit === null || unit === '' || unit === '1' ? number : `${number} ${unit.replaceAll(/[{}]/g, '')}`;
}
