const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const padded = (value: number): string => String(value).padStart(2, '0');

/**
 * A duration in the two units that matter.
 *
 * @param durationMs milliseconds; null when not known
 * @example durationText(532) === '532 ms'; durationText(125_000) === '2 min 05 s'
 */
export function durationText(durationMs: number | null): string {
  if (durationMs === null || !Number.isFinite(durationMs)) return '–';
  if (durationMs < 0) return `−${durationText(-durationMs)}`;
  if (durationMs < 1) return durationMs === 0 ? '0 ms' : '<1 ms';
  if (Math.round(durationMs) < second) return `${String(Math.round(durationMs))} ms`;
  if (durationMs < 59.95 * second) return `${secondsText(durationMs / second)} s`;
  const whole = Math.round(durationMs / second) * second;
  if (whole < hour) return `${String(Math.floor(whole / minute))} min ${padded((whole % minute) / second)} s`;
  if (whole < day) return `${String(Math.floor(whole / hour))} h ${padded(Math.floor((whole % hour) / minute))} min`;
  return `${String(Math.floor(whole / day))} d ${padded(Math.floor((whole % day) / hour))} h`;
}

function secondsText(seconds: number): string {
  return seconds < 9.995 ? seconds.toFixed(2) : seconds.toFixed(1);
}

/** The time from one instant to another in milliseconds, or null where one is missing or is no instant. */
export function elapsedMs(from: string | null, to: string | null): number | null {
  if (from === null || to === null) return null;
  const elapsed = Date.parse(to) - Date.parse(from);
  return Number.isFinite(elapsed) ? elapsed : null;
}
