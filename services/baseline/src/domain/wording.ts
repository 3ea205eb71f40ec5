/** A length of time as people say it: `850 ms`, `42 s`, `4 min 7 s`, `2 h 5 min`, `3 d 4 h`. */
export function durationText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${trimmed(ms / 1000)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return joined(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return joined(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(minutes / 60);
  return joined(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

/** A size as people say it, in binary units: `512 B`, `1.5 GiB`. */
export function sizeText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  const power = Math.min(Math.max(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), 0), units.length - 1);
  return `${trimmed(bytes / 1024 ** power)} ${units[power] ?? 'B'}`;
}

/** A number with three significant digits: `3.4`, `12`, `1200`. */
export function trimmed(value: number): string {
  const text = Math.abs(value) >= 100 ? Math.round(value).toString() : value.toPrecision(value >= 10 ? 3 : 2);
  return text.includes('.') && !text.includes('e') ? text.replace(/\.?0+$/, '') : text;
}

export function percentText(share: number): string {
  return `${trimmed(share * 100)} %`;
}

/** A time in UTC: `09:40 UTC` on the day of reference, else `2026-03-01 09:40 UTC`. */
export function isoMinute(atMs: number, referenceMs: number): string {
  const iso = new Date(atMs).toISOString();
  const isSameDay = iso.slice(0, 10) === new Date(referenceMs).toISOString().slice(0, 10);
  return `${isSameDay ? iso.slice(11, 16) : `${iso.slice(0, 10)} ${iso.slice(11, 16)}`} UTC`;
}

function joined(whole: number, unit: string, rest: number, restUnit: string): string {
  return rest === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${rest} ${restUnit}`;
}
