/** This moment as ISO 8601 in UTC. */
export function nowIso(): string {
  return new Date().toISOString();
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * A length of time in few characters: two units at most.
 *
 * @example
 * showDuration(83_400) // '1m 23s'
 */
export function showDuration(durationMs: number | null | undefined): string {
  if (durationMs === null || durationMs === undefined || !Number.isFinite(durationMs)) return '';
  if (durationMs < 0) return `-${showDuration(-durationMs)}`;
  if (durationMs < SECOND) return `${Math.round(durationMs)}ms`;
  if (durationMs < 10 * SECOND) return `${(durationMs / SECOND).toFixed(1)}s`;
  if (durationMs < MINUTE) return `${Math.round(durationMs / SECOND)}s`;
  if (durationMs < HOUR) return twoUnits(Math.round(durationMs / SECOND), 60, ['m', 's']);
  if (durationMs < DAY) return twoUnits(Math.round(durationMs / MINUTE), 60, ['h', 'm']);
  return twoUnits(Math.round(durationMs / HOUR), 24, ['d', 'h']);
}

function twoUnits(amount: number, factor: number, [large, small]: readonly [string, string]): string {
  const rest = amount % factor;
  return rest === 0 ? `${Math.floor(amount / factor)}${large}` : `${Math.floor(amount / factor)}${large} ${rest}${small}`;
}

/** How long ago something was, roughly. */
export function showAgo(iso: string | null, nowMs: number): string {
  const thenMs = iso === null ? NaN : Date.parse(iso);
  if (Number.isNaN(thenMs)) return '';
  const agoMs = nowMs - thenMs;
  if (Math.abs(agoMs) < SECOND) return 'now';
  if (agoMs < 0) return `in ${showDuration(-agoMs).split(' ')[0]}`;
  return `${showDuration(agoMs < MINUTE ? Math.floor(agoMs / SECOND) * SECOND : agoMs).replace('.0', '').split(' ')[0]} ago`;
}

/** Time of day in UTC to the second, for lists whose date is clear. */
export function showTimeOfDay(iso: string | null): string {
  const match = iso === null ? null : /T(\d\d:\d\d:\d\d)/.exec(iso);
  return match?.[1] ?? '';
}

/** Date and time in UTC to the second. */
export function showMoment(iso: string | null): string {
  const match = iso === null ? null : /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)/.exec(iso);
  return match === null ? '' : `${match[1]} ${match[2]}`;
}

/** A number of bytes in few characters. */
export function showBytes(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined) return '';
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let amount = bytes;
  let unit = 0;
  while (amount >= 999.5 && unit < units.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  return `${unit === 0 || amount >= 99.95 ? Math.round(amount) : amount.toFixed(1)} ${units[unit]}`;
}
