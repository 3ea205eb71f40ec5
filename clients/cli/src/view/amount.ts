import { showBytes, showDuration } from './time.js';

/**
 * An amount in the unit (UCUM) that it is told in; empty for what is not known.
 *
 * @example
 * showAmount(247_000, 'ms') // '4m 7s'
 */
export function showAmount(value: number | null | undefined, unit: string | null): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '';
  if (unit === 'ms') return showDuration(value);
  if (unit === 's') return showDuration(value * 1_000);
  if (unit === 'By') return showBytes(value);
  if (unit === 'USD') return `$${showNumber(value)}`;
  if (unit === '{token}') return `${showNumber(value)} tokens`;
  return showNumber(value);
}

/** A number in three digits that count: 3.4, 12, 1234. */
export function showNumber(value: number): string {
  return Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

/** A share from 0 to 1 in percent; nothing short of all is shown as all, and nothing above none as none. */
export function showShare(share: number | null | undefined): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return '';
  const percent = share * 100;
  const rounded = percent > 1 && percent < 99 ? Math.round(percent) : Math.round(percent * 10) / 10;
  if (rounded === 100 && percent < 100) return '>99.9 %';
  return rounded === 0 && percent > 0 ? '<0.1 %' : `${rounded} %`;
}
