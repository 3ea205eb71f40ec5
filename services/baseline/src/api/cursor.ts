import { OrreryError } from '@orrery/errors';
import { z } from 'zod';
import type { Place } from '../storage/baseline.repository.js';

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next_cursor: string | null;
}

const placeSchema = z.tuple([z.string(), z.number(), z.string().max(100)]);

/** Writes a place as a cursor: opaque to clients, and good for the one listing only that it comes from. */
function cursorOf(listing: string, { atMs, id }: Place): string {
  return Buffer.from(JSON.stringify([listing, atMs, id])).toString('base64url');
}

/**
 * Reads a cursor back; undefined stays undefined.
 *
 * @throws ORRERY_VALIDATION when it does not come from this listing.
 */
export function placeOfCursor(listing: string, cursor: string | undefined): Place | undefined {
  if (cursor === undefined) return undefined;
  const parsed = placeSchema.safeParse(jsonOf(cursor));
  if (!parsed.success || parsed.data[0] !== listing) throw new OrreryError('ORRERY_VALIDATION', 'query.cursor: this listing did not give out such a cursor');
  const [, atMs, id] = parsed.data;
  return { atMs, id };
}

/** Base64 decoding never fails but drops what it does not know, so only a text that comes out the same counts. */
function jsonOf(cursor: string): unknown {
  const bytes = Buffer.from(cursor, 'base64url');
  if (bytes.toString('base64url') !== cursor) return undefined;
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

export interface Paging<Item, View> {
  readonly listing: string;
  readonly limit: number;
  readonly placeOf: (item: Item) => Place;
  readonly viewOf: (item: Item) => View;
}

/** Makes the page of a list that was asked for with one item more than the page holds. */
export function pageOf<Item, View>(found: readonly Item[], { listing, limit, placeOf, viewOf }: Paging<Item, View>): Page<View> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items: items.map(viewOf), next_cursor: found.length > limit && last !== undefined ? cursorOf(listing, placeOf(last)) : null };
}
