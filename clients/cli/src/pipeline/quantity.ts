const BYTES: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1e3,
  kb: 1e3,
  m: 1e6,
  mb: 1e6,
  g: 1e9,
  gb: 1e9,
  t: 1e12,
  tb: 1e12,
  ki: 1024,
  kib: 1024,
  mi: 1024 ** 2,
  mib: 1024 ** 2,
  gi: 1024 ** 3,
  gib: 1024 ** 3,
  ti: 1024 ** 4,
  tib: 1024 ** 4,
};

const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const LONGEST_MS = 365 * 86_400_000;

/**
 * Reads an amount of memory in bytes.
 *
 * @example
 * parseBytes('512MiB') // 536870912
 * @returns undefined when it is none, or not above 0
 */
export function parseBytes(value: unknown): number | undefined {
  const [, amount = '', unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(String(value)) ?? [];
  const bytes = Math.floor(Number(amount) * (BYTES[unit.toLowerCase()] ?? NaN));
  return amount !== '' && bytes > 0 && bytes <= Number.MAX_SAFE_INTEGER ? bytes : undefined;
}

/**
 * Reads a length of time in milliseconds; a bare number is seconds.
 *
 * @example
 * parseDurationMs('1m30s') // 90000
 * @returns undefined when it is none, not above 0 or longer than a year
 */
export function parseDurationMs(value: unknown): number | undefined {
  const text = String(value).trim().toLowerCase();
  if (/^\d+(?:\.\d+)?$/.test(text)) return within(Number(text) * 1_000);
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d)\s*)+$/.test(text)) return undefined;
  let sumMs = 0;
  for (const [, amount, unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) sumMs += Number(amount) * (MILLISECONDS[unit] ?? NaN);
  return within(sumMs);
}

function within(durationMs: number): number | undefined {
  return durationMs > 0 && durationMs <= LONGEST_MS ? durationMs : undefined;
}

/** Writes an amount of memory in powers of two, as pipelines name it. */
export function showMemory(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let amount = bytes;
  let unit = 0;
  while (amount >= 1024 && unit < units.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  return `${Number(amount.toPrecision(amount >= 1000 ? 4 : 3))} ${units[unit]}`;
}
