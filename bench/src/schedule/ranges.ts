import { OrreryError } from '@orrery/errors';

/** Whole numbers written as `A..B`, both ends included. @throws ORRERY_VALIDATION when it is no such range. */
export function rangeOf(text: string): readonly number[] {
  const [, first, last] = /^(\d+)\.\.(\d+)$/.exec(text) ?? [];
  const [from, to] = [Number(first), Number(last)];
  if (first === undefined || to < from) throw new OrreryError('ORRERY_VALIDATION', `--seeds: expected A..B with A <= B, such as 0..99, got ${text}`);
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
