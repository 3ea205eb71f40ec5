/**
 * Moments are whole microseconds since 1970 (UTC): the resolution of PostgreSQL, and exact in a JavaScript number until the
 * year 2255. Milliseconds with a fraction would not compare equal after a round trip through the database.
 */
export type Microseconds = number;

const earliestUs = Date.UTC(1900, 0, 1) * 1000;
const latestUs = Date.UTC(2255, 0, 1) * 1000;

/** A wire moment (Unix ms with a fraction) as microseconds; null when it is absent or no moment at all. */
export function instant(milliseconds: number | undefined): Microseconds | null {
  if (milliseconds === undefined) return null;
  const microseconds = Math.round(milliseconds * 1000);
  return microseconds >= earliestUs && microseconds < latestUs ? microseconds : null;
}

/** The wire form of a moment: Unix ms with a fraction. */
export function toMilliseconds(microseconds: Microseconds): number {
  return microseconds / 1000;
}

/**
 * ISO 8601 in UTC; six digits of fraction where there are microseconds, three where not.
 *
 * @example
 * toIso(1714564800123456) // '2024-05-01T12:00:00.123456Z'
 */
export function toIso(microseconds: Microseconds): string {
  const day = Math.floor(microseconds / dayUs);
  const ofDay = microseconds - day * dayUs;
  const second = Math.floor(ofDay / 1e6);
  const fraction = ofDay - second * 1e6;
  const digits = fraction % 1000 === 0 ? String(1000 + fraction / 1000) : String(1_000_000 + fraction);
  return `${dateOf(day)}T${pair(Math.floor(second / 3600))}:${pair(Math.floor(second / 60) % 60)}:${pair(second % 60)}.${digits.slice(1)}Z`;
}

const dayUs = 24 * 60 * 60 * 1e6;
let lastDay = 0;
let lastDate = '1970-01-01';

// The times of one answer lie within few days; writing the date anew for each would be most of the work.
function dateOf(day: number): string {
  if (day !== lastDay) {
    lastDate = new Date((day * dayUs) / 1000).toISOString().slice(0, 10);
    lastDay = day;
  }
  return lastDate;
}

function pair(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}

const isoForm = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d(?::?\d\d)?)$/;

/** Reads ISO 8601 and PostgreSQL's own notation (`2024-05-01 12:00:00.123456+00`); null when it is neither. */
export function parseInstant(text: string): Microseconds | null {
  const match = isoForm.exec(text);
  if (match === null) return null;
  const [, date, time, fraction = '', zone = 'Z'] = match;
  const offset = zone === 'Z' ? zone : `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '') || '00'}`;
  const milliseconds = Date.parse(`${date}T${time}${offset}`);
  return Number.isNaN(milliseconds) ? null : milliseconds * 1000 + Number(fraction.slice(0, 6).padEnd(6, '0'));
}

/** How long something took, in ms; null while an end is missing, never negative (clocks of producers differ). */
export function durationMs(startedAtUs: Microseconds | null, finishedAtUs: Microseconds | null): number | null {
  if (startedAtUs === null || finishedAtUs === null) return null;
  return Math.max(0, finishedAtUs - startedAtUs) / 1000;
}
