import type { Anomaly } from '../api/anomaly-shapes.js';
import { durationText } from '../parts/duration.js';
import { agoText, instantText } from '../parts/instant.js';
import { bytesText, costText, counted } from '../parts/quantity.js';

/**
 * An amount in the unit (UCUM) that it is told in; null for what is not known.
 *
 * @example amountText(247_000, 'ms') === '4 min 07 s'
 */
export function amountText(value: number | null, unit: string | null): string | null {
  if (value === null || !Number.isFinite(value)) return null;
  if (unit === 'ms') return durationText(value);
  if (unit === 's') return durationText(value * 1000);
  if (unit === 'By') return bytesText(value);
  if (unit === 'USD') return costText(value);
  if (unit === '{token}') return counted(Math.round(value), 'token');
  return shortNumber(value);
}

const shortNumber = (value: number): string => (Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3))));

/** Names and values of what is measured about an anomaly; what is not known stays away. */
export function figuresOf(anomaly: Anomaly): readonly (readonly [name: string, value: string])[] {
  const { expected, actual, deviation, count } = anomaly;
  const named = [
    ['Expected', measuredText(anomaly, expected)],
    ['Actual', measuredText(anomaly, actual)],
    ['Deviation', deviation === null ? null : shortNumber(deviation)],
    ['Seen', counted(count, 'time')],
  ] as const;
  return named.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]));
}

const shares: ReadonlySet<string> = new Set(['success_rate', 'flaky', 'outage']);

/** What was expected or found: a start is a moment and not a duration, and some numbers are shares. */
function measuredText({ type, unit }: Anomaly, value: number | null): string | null {
  if (value === null || !Number.isFinite(value)) return null;
  if (type === 'missed_start') return instantText(value);
  return shares.has(type) ? `${shortNumber(value * 100)} %` : amountText(value, unit);
}

const kinds: Readonly<Record<string, string>> = {
  normal_returned: 'Resolved: normal returned',
  person: 'Resolved',
  false_positive: 'Called a false positive',
  lapsed: 'Resolved: nothing was heard for long',
};

/** Where an anomaly stands, who brought it there and when; null while nobody has dealt with it. */
export function standingText({ status, acknowledged_at: at, acknowledged_by: by, resolution }: Anomaly, nowMs: number): string | null {
  if (resolution !== null) {
    const word = (Object.hasOwn(kinds, resolution.kind) ? kinds[resolution.kind] : undefined) ?? 'Resolved';
    return `${word}${signed(resolution.by, agoOf(resolution.at, nowMs))}`;
  }
  if (status === 'acknowledged') return `Acknowledged${signed(by, agoOf(at, nowMs))}`;
  return status === 'resolved' ? 'Resolved' : null;
}

const agoOf = (at: string | null, nowMs: number): string => (at === null ? '' : `, ${agoText(at, nowMs)}`);

function signed(by: string | null, ago: string): string {
  // Where nobody needs a key, everybody is the tenant `default`: that says nothing of who it was.
  return `${by === null || by === '' || by === 'default' ? '' : ` by ${by}`}${ago}`;
}
