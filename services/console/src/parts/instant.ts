import { durationText } from './duration.js';

const steps: readonly (readonly [number, string])[] = [
  [60, 'second'],
  [60, 'minute'],
  [24, 'hour'],
  [30, 'day'],
];

/**
 * How long ago something was, in words.
 *
 * @param nowMs epoch milliseconds
 */
export function agoText(instant: string | null, nowMs: number): string {
  const atMs = instant === null ? NaN : Date.parse(instant);
  if (Number.isNaN(atMs)) return '–';
  let value = (nowMs - atMs) / 1000;
  if (value < -5) return `in ${durationText(-value * 1000)}`;
  if (value < 5) return 'just now';
  for (const [size, unit] of steps) {
    if (value < size) return `${words(Math.floor(value), unit)} ago`;
    value /= size;
  }
  return dayText(atMs);
}

const words = (count: number, unit: string): string => `${String(count)} ${unit}${count === 1 ? '' : 's'}`;

const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const instantFormat = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  timeZoneName: 'short',
});
const clockFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

function dayText(atMs: number): string {
  return dayFormat.format(atMs);
}

/** An instant in full, in the reader's time zone: '20 Nov 2026, 10:58:39.146 UTC'. */
export function instantText(instant: string | number | null): string {
  const atMs = typeof instant === 'string' ? Date.parse(instant) : (instant ?? NaN);
  return Number.isNaN(atMs) ? '–' : instantFormat.format(atMs);
}

/** The time of day of an instant, in the reader's time zone. */
export function clockText(instant: string | null): string {
  const atMs = instant === null ? NaN : Date.parse(instant);
  return Number.isNaN(atMs) ? '–' : clockFormat.format(atMs);
}
