/** Times before or after these bounds are defaults and junk (year 0001 of Go, 1970 of a zero), not statements. Unix ms. */
export const earliestPlausibleMs = Date.UTC(1980, 0, 1);
export const latestPlausibleMs = Date.UTC(2200, 0, 1);

// RFC 3339, wider where producers are: a space for the T, no seconds, no zone (UTC), +0100 and +01 for +01:00.
const rfc3339 =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?: ?([Zz]|UTC|[+-]\d\d(?::?\d\d)?))?)?$/;
const decimal = /^\d{1,19}(?:\.\d+)?$/;

/**
 * Reads a moment in any notation that producers use: RFC 3339 text (down to nanoseconds, UTC when it names no zone) or an
 * epoch number, also as text, in seconds, milliseconds, microseconds or nanoseconds, told apart by size.
 *
 * Returns Unix ms with a fraction; undefined when it is no moment between 1980 and 2200.
 *
 * @example
 * parseTimeMs('2024-05-01T12:00:00.123456Z') // 1714564800123.456
 */
export function parseTimeMs(value: unknown): number | undefined {
  if (typeof value === 'number') return epochMs(value);
  if (typeof value !== 'string') return undefined;
  const canonical = canonicalMs(value);
  if (canonical !== undefined) return plausible(canonical);
  const match = rfc3339.exec(value);
  if (match !== null) return plausible(calendarMs(match));
  return decimal.test(value) ? epochMs(Number(value)) : undefined;
}

/**
 * Reads 2024-05-01T12:00:00.123456Z, which nearly all events have and which a regular expression takes several times as long
 * for; undefined for every other notation and for what is no date.
 */
function canonicalMs(text: string): number | undefined {
  if (!isCanonical(text)) return undefined;
  const month = digits(text, 5, 7);
  const day = digits(text, 8, 10);
  const second = digits(text, 17, 19);
  // Days that only some months have, and leap seconds, are left to the careful reader.
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= 28 && second <= 59)) return undefined;
  const wholeMs = timeOfDayMs(text, second) + Date.UTC(digits(text, 0, 4), month - 1, day);
  const last = text.length - 1;
  const fractionMs = last === 19 ? 0 : (digits(text, 20, last) * 1e9) / 10 ** (last - 20) / 1e6;
  // A character that is no digit made one of them NaN.
  return Number.isNaN(wholeMs + fractionMs) ? undefined : wholeMs + fractionMs;
}

function isCanonical(text: string): boolean {
  const { length } = text;
  if (length < 20 || length > 30 || text[length - 1] !== 'Z' || (length > 20 && text[19] !== '.')) return false;
  return text[4] === '-' && text[7] === '-' && text[10] === 'T' && text[13] === ':' && text[16] === ':';
}

function timeOfDayMs(text: string, second: number): number {
  const hour = digits(text, 11, 13);
  const minute = digits(text, 14, 16);
  return hour <= 23 && minute <= 59 ? ((hour * 60 + minute) * 60 + second) * 1000 : NaN;
}

/** The number that decimal digits make, NaN when any is none. */
function digits(text: string, start: number, end: number): number {
  let value = start === end ? NaN : 0;
  for (let index = start; index < end; index += 1) {
    const digit = text.charCodeAt(index) - 48;
    value = digit >= 0 && digit <= 9 ? value * 10 + digit : NaN;
  }
  return value;
}

function calendarMs(match: RegExpExecArray): number | undefined {
  const part = (index: number): number => Number(match[index] ?? 0);
  const [year, month, day, hour, minute, second] = [part(1), part(2), part(3), part(4), part(5), part(6)];
  // Second 60 is a leap second; it counts as the first of the next minute.
  if (hour > 23 || minute > 59 || second > 60 || !isDay(year, month, day)) return undefined;
  const offsetMinutes = zoneOffsetMinutes(match[8]);
  if (offsetMinutes === undefined) return undefined;
  return Date.UTC(year, month - 1, day, hour, minute, second) - offsetMinutes * 60_000 + fractionMs(match[7] ?? '0');
}

function isDay(year: number, month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** Rounds to nanoseconds, so that .123456 s is 123.456 ms and not 123.45600000000001. */
function fractionMs(digits: string): number {
  return Number(digits.slice(0, 9).padEnd(9, '0')) / 1e6;
}

function zoneOffsetMinutes(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === 'Z' || zone === 'z' || zone === 'UTC') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(zone[3] === ':' ? 4 : 3) || 0);
  if (hours > 23 || minutes > 59) return undefined;
  return (zone[0] === '-' ? -1 : 1) * (hours * 60 + minutes);
}

function epochMs(value: number): number | undefined {
  for (const milliseconds of [value * 1e3, value, value / 1e3, value / 1e6]) {
    if (plausible(milliseconds) !== undefined) return milliseconds;
  }
  return undefined;
}

function plausible(milliseconds: number | undefined): number | undefined {
  if (milliseconds === undefined) return undefined;
  return milliseconds >= earliestPlausibleMs && milliseconds < latestPlausibleMs ? milliseconds : undefined;
}

/**
 * The end of an interval, moved to its start when a producer's clocks put it before; adds `negative_duration` to the flags then.
 */
export function endNotBefore(startMs: number | undefined, endMs: number | undefined, flags: Set<string>): number | undefined {
  if (startMs === undefined || endMs === undefined || endMs >= startMs) return endMs;
  flags.add('negative_duration');
  return startMs;
}
