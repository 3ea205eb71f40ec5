import { OrreryError } from '@orrery/errors';
import type { ApiClient } from './api-client.js';
import { readPages } from './read-pages.js';

const WHOLE_ID = /^[0-9a-f]{32}$/;
const PREFIX = /^[0-9a-f]{2,31}$/;
const SEARCHED = 5_000;
const SHOWN_CANDIDATES = 5;

/** A list whose things have ids of 32 hex digits. */
interface Listed<Item> {
  readonly path: string;
  readonly noun: string;
  readonly command: string;
  readonly idOf: (item: Item) => string;
  readonly describe: (item: Item) => string;
}

/**
 * The whole id that a person means by an id or by its beginning.
 *
 * @throws ORRERY_NOT_FOUND when none of the newest 5000 begins so, ORRERY_VALIDATION when several do or it can be no id
 */
export async function findByPrefix<Item>(client: ApiClient, given: string, { path, noun, command, idOf, describe }: Listed<Item>): Promise<string> {
  const prefix = given.trim().toLowerCase();
  if (WHOLE_ID.test(prefix)) return prefix;
  if (!PREFIX.test(prefix)) throw new OrreryError('ORRERY_VALIDATION', `${given} is no id: ids are 32 hex digits, and the first two or more are enough; \`${command}\` lists them`);
  const { items } = await readPages<Item>(client, { path, limit: SEARCHED });
  const found = items.filter((item) => idOf(item).startsWith(prefix));
  const [only] = found;
  if (only === undefined) throw new OrreryError('ORRERY_NOT_FOUND', `no ${noun} ${given} among the newest ${SEARCHED}; \`${command}\` lists them`);
  if (found.length === 1) return idOf(only);
  const shown = found.slice(0, SHOWN_CANDIDATES).map((item) => `  ${idOf(item)}  ${describe(item)}`);
  const more = found.length > SHOWN_CANDIDATES ? `\n  … ${found.length - SHOWN_CANDIDATES} more` : '';
  throw new OrreryError('ORRERY_VALIDATION', `${given} begins ${found.length} ids:\n${shown.join('\n')}${more}`);
}
