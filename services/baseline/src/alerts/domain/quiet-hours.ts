/** Times of day in a time zone; `to` before `from` means the next day. */
export interface QuietHours {
  /** HH:MM */
  readonly from: string;
  readonly to: string;
  /** A name of the IANA list. */
  readonly time_zone: string;
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** Whether the runtime knows a time zone of this name. */
export function isTimeZone(name: string): boolean {
  try {
    clockOf(name);
    return true;
  } catch {
    return false;
  }
}

/**
 * Tells when the quiet hours end that a moment lies in; null when it lies in none. Both in Unix ms.
 * A night across a clock change is as long as it is on the wall: a time that comes twice counts the first time, one that is skipped
 * counts as the moment of the change.
 *
 * @example quietUntil({ from: '22:00', to: '07:00', time_zone: 'UTC' }, Date.UTC(2024, 4, 1, 23)) // Date.UTC(2024, 4, 2, 7)
 */
export function quietUntil({ from, to, time_zone: zone }: QuietHours, nowMs: number): number | null {
  const today = Math.floor(wallTime(zone, nowMs) / dayMs) * dayMs;
  const lengthDays = minutesOf(to) > minutesOf(from) ? 0 : 1;
  for (const day of [today - dayMs, today]) {
    const startMs = momentOf(zone, day + minutesOf(from) * minuteMs);
    const endMs = momentOf(zone, day + lengthDays * dayMs + minutesOf(to) * minuteMs);
    if (startMs <= nowMs && nowMs < endMs) return endMs;
  }
  return null;
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

/** The moment at which a zone's clocks show a wall time (given as if it were UTC). */
function momentOf(zone: string, wallMs: number): number {
  // The zone's offsets on both sides: no zone changes its clocks twice within two days.
  const [earlier, later] = [wallMs - dayMs, wallMs + dayMs].map((aroundMs) => wallMs - (wallTime(zone, aroundMs) - aroundMs)) as [number, number];
  const fitting = [earlier, later].filter((moment) => wallTime(zone, moment) === wallMs);
  return fitting.length > 0 ? Math.min(...fitting) : changeBetween(zone, Math.min(earlier, later), Math.max(earlier, later), wallMs);
}

/** The first moment in an interval at which the clocks show more than a wall time that they skip. */
function changeBetween(zone: string, fromMs: number, toMs: number, wallMs: number): number {
  let [before, after] = [fromMs, toMs];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (wallTime(zone, middle) > wallMs) after = middle;
    else before = middle;
  }
  return after;
}

/** What a zone's clocks show, in ms as if it were UTC. */
function wallTime(zone: string, momentMs: number): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of clockOf(zone).formatToParts(momentMs)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((momentMs % 1000) + 1000) % 1000);
}

const clocks = new Map<string, Intl.DateTimeFormat>();
const mostClocks = 1000;

/** Making a formatter takes longer than all the rest. @throws RangeError for a zone that is none. */
function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone);
  if (known !== undefined) return known;
  const clock = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  // The same zone can be written in upper and lower case in many ways.
  if (clocks.size >= mostClocks) clocks.clear();
  clocks.set(zone, clock);
  return clock;
}
