import { OrreryError } from '@orrery/errors';
import { z } from 'zod';
import { fitting } from '../reading/fitting.js';
import type { Place } from '../storage/place.js';

const placeSchema = z.tuple([z.string(), z.int(), z.uuid()]);

/** Writes a place as a cursor: opaque to clients, and good for the one listing only that it comes from. */
export function cursorOf(listing: string, { atUs, id }: Place): string {
  return Buffer.from(JSON.stringify([listing, atUs, id])).toString('base64url');
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
  const [, atUs, id] = parsed.data;
  return { atUs, id };
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

/** How a listing is cut into pages. */
export interface Paging<Item> {
  readonly listing: string;
  readonly limit: number;
  readonly placeOf: (item: Item) => Place;
  /** The long texts of an item, in characters. @default none */
  readonly sizeOf?: (item: Item) => number;
}

/** Cuts a list that was asked for with one item more than the page holds, and tells where the next page begins. */
export function pageOf<Item>(items: readonly Item[], { listing, limit, placeOf, sizeOf = () => 0 }: Paging<Item>): { readonly items: readonly Item[]; readonly nextCursor: string | null } {
  const page = fitting(items.slice(0, limit), sizeOf);
  const last = page.at(-1);
  return { items: page, nextCursor: items.length > page.length && last !== undefined ? cursorOf(listing, placeOf(last)) : null };
}
