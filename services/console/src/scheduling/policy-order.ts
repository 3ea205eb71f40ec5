import type { Policy } from '../api/schedule-shapes.js';

const kinds = ['learned', 'shipped', 'heuristic'];

const rankOf = ({ serving, kind }: Policy): number => (serving ? -1 : kinds.indexOf(kind));

/** What serves before what was learned, the newest first, before what comes with the product, before heuristics in their order. */
export function servingFirst(policies: readonly Policy[]): readonly Policy[] {
  return [...policies].sort((left, right) => rankOf(left) - rankOf(right) || right.version - left.version);
}
