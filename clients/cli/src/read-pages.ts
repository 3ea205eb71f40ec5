import type { ApiClient, Query } from './api-client.js';
import type { Page } from './api-shapes.js';

const LARGEST_PAGE = 500;

interface ListRequest {
  readonly path: string;
  readonly query?: Query;
  /** How many at most. */
  readonly limit: number;
}

/** Reads a list page by page until it ends or the limit is reached; a cursor that is left says that there is more. */
export async function readPages<Item>(client: ApiClient, { path, query, limit }: ListRequest): Promise<Page<Item>> {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<Item> = await client.get(path, { ...query, limit: Math.min(LARGEST_PAGE, limit - items.length), cursor: cursor ?? undefined });
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null && items.length < limit);
  return { items, next_cursor: cursor };
}
