const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** A size in bytes with the unit that keeps it short; '–' when not known. */
export function bytesText(sizeBytes: number | null): string {
  if (sizeBytes === null || !Number.isFinite(sizeBytes)) return '–';
  let value = sizeBytes;
  let unit = 0;
  while (value >= 1023.95 && unit < byteUnits.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${byteUnits[unit] ?? ''}`;
}

/** A count with thousands set apart. */
export function countText(count: number | null): string {
  return count === null ? '–' : count.toLocaleString('en-US');
}

/** A count that must stay narrow: 1.2k, 34k, 5.6M. */
export function shortCountText(count: number | null): string {
  if (count === null) return '–';
  if (count < 1000) return String(count);
  const [value, unit] = count < 999_500 ? [count / 1000, 'k'] : [count / 1_000_000, 'M'];
  return `${value < 9.95 ? value.toFixed(1) : value.toFixed(0)}${unit}`;
}

/** An amount of US dollars, with enough digits to show what one model call costs. */
export function costText(costUsd: number | null): string {
  if (costUsd === null) return '–';
  if (costUsd === 0) return '$0';
  if (Math.abs(costUsd) >= 1) return `$${costUsd.toFixed(2)}`;
  return `$${costUsd.toPrecision(2)}`.replace(/e-\d+$/, '');
}

/** How many there are of something, in words: '1 task', '7 tasks'. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

/** The beginning of a digest that is enough to tell versions apart: 'sha256:83602b1593f0…' is '83602b1593f0'. */
export function shortDigest(digest: string): string {
  const hex = digest.slice(digest.indexOf(':') + 1);
  return hex.length > 12 ? hex.slice(0, 12) : hex;
}
