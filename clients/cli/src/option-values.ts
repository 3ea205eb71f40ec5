import { InvalidArgumentError } from 'commander';

const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

function lengthMs(text: string): number | undefined {
  const [, amount, unit = ''] = /^(\d+)([smhdw])$/.exec(text) ?? [];
  return amount === undefined ? undefined : Number(amount) * (UNITS_MS[unit] ?? 0);
}

/** A moment as ISO 8601, or so long ago: 30m, 6h, 7d. */
export function momentOf(text: string): string {
  const agoMs = lengthMs(text);
  const unixMs = agoMs === undefined ? Date.parse(text) : Date.now() - agoMs;
  return isoOf(unixMs, 'must be a time like 2026-01-31T12:00Z, or 30m, 6h, 7d ago.');
}

/** A moment that is yet to come, as ISO 8601. */
export function futureMomentOf(text: string): string {
  const unixMs = Date.parse(text);
  return isoOf(unixMs > Date.now() ? unixMs : NaN, 'must be a time that is yet to come, like 2099-01-31T12:00Z.');
}

/** A length of time in seconds: 30m, 6h, 7d. */
export function secondsOf(text: string): number {
  const durationMs = lengthMs(text);
  if (durationMs === undefined || durationMs === 0) throw new InvalidArgumentError('must be a length of time like 30m, 6h, 7d.');
  return durationMs / 1_000;
}

/** A day in UTC: its first moment and that of the day after. */
export function dayOf(text: string): { readonly from: string; readonly until: string } {
  const startMs = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  // Date.parse takes the 31st of February for a day in March.
  if (Number.isNaN(startMs) || !new Date(startMs).toISOString().startsWith(text)) throw new InvalidArgumentError('must be a day like 2026-01-31.');
  if (startMs > Date.now()) throw new InvalidArgumentError('must not be a day that is yet to come.');
  return { from: new Date(startMs).toISOString(), until: new Date(startMs + (UNITS_MS['d'] ?? 0)).toISOString() };
}

export function limitOf(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100_000) throw new InvalidArgumentError('must be a whole number from 1 to 100000.');
  return limit;
}

/** A number of bytes. */
export function sizeOf(text: string): number {
  const sizeBytes = text.trim() === '' ? NaN : Number(text);
  if (!(sizeBytes >= 0 && sizeBytes <= Number.MAX_SAFE_INTEGER)) throw new InvalidArgumentError('must be a number of bytes, like 2000000000.');
  return sizeBytes;
}

/** A number above zero. */
export function amountOf(text: string): number {
  const amount = text.trim() === '' ? NaN : Number(text);
  if (!(amount > 0 && amount <= 1_000_000)) throw new InvalidArgumentError('must be a number above 0, like 0.4.');
  return amount;
}

function isoOf(unixMs: number, otherwise: string): string {
  if (Number.isNaN(unixMs) || Math.abs(unixMs) > 8.64e15) throw new InvalidArgumentError(otherwise);
  return new Date(unixMs).toISOString();
}
