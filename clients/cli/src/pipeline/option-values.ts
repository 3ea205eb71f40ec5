import { InvalidArgumentError } from 'commander';
import { parseBytes } from './quantity.js';

const MOST_SLOTS = 10_000;

export function slotsOf(text: string): number {
  const slots = text.trim() === '' ? NaN : Number(text);
  if (!Number.isInteger(slots) || slots < 1 || slots > MOST_SLOTS) throw new InvalidArgumentError(`must be a whole number from 1 to ${MOST_SLOTS}.`);
  return slots;
}

export function bytesOf(text: string): number {
  const bytes = parseBytes(text);
  if (bytes === undefined) throw new InvalidArgumentError('must be an amount of memory like 512MiB or 8GiB.');
  return bytes;
}
