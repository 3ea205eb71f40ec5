import { OrreryError } from '@orrery/errors';
import { z } from 'zod';

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Null on the last page. */
  readonly next_cursor: string | null;
}

/** The schema of a page, for the API's description. */
export const pageSchema = (item: z.ZodType) => z.object({ items: z.array(item), next_cursor: z.string().nullable().describe('Give it as cursor to go on; null on the last page') });

/** How many items a page holds, as a query parameter. */
export const pageLimit = (usual: number, largest: number) => z.coerce.number().int().min(1).max(largest).default(usual);

/** Where a page begins, as a query parameter: what {@link Listing} wrote. */
export const pageCursor = z.string().max(1000).optional().describe('next_cursor of the page before');

export interface Paging<Item, Place, View> {
  readonly limit: number;
  readonly placeOf: (item: Item) => Place;
  readonly viewOf: (item: Item) => View;
  /** Leaves out items from the end, so that the answer does not get too large. @default none */
  readonly shorten?: (items: readonly Item[]) => readonly Item[];
}

/**
 * A list that is given out page by page. A cursor tells the place of the last item that was shown; it is opaque to clients and good for
 * the listing with this name only.
 */
export class Listing<Place> {
  private readonly cursorSchema: z.ZodType<readonly [string, Place]>;

  /** @param place says what a place looks like in JSON */
  constructor(
    private readonly name: string,
    place: z.ZodType<Place>,
  ) {
    this.cursorSchema = z.tuple([z.literal(name), place]);
  }

  /** Makes the page of what was found, which is one item more than the page holds when there are more. */
  page<Item, View>(found: readonly Item[], { limit, placeOf, viewOf, shorten = (items) => items }: Paging<Item, Place, View>): Page<View> {
    const shown = shorten(found.slice(0, limit));
    const last = shown.at(-1);
    return { items: shown.map((item) => viewOf(item)), next_cursor: found.length > shown.length && last !== undefined ? this.cursorOf(placeOf(last)) : null };
  }

  cursorOf(place: Place): string {
    return Buffer.from(JSON.stringify([this.name, place])).toString('base64url');
  }

  /**
   * Reads a cursor back; undefined stays undefined.
   *
   * @throws ORRERY_VALIDATION when it does not come from this listing.
   */
  placeOf(cursor: string | undefined): Place | undefined {
    if (cursor === undefined) return undefined;
    const parsed = this.cursorSchema.safeParse(jsonOf(cursor));
    if (!parsed.success) throw new OrreryError('ORRERY_VALIDATION', 'query.cursor: this listing did not give out such a cursor');
    return parsed.data[1];
  }
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
