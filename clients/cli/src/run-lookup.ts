import { OrreryError } from '@orrery/errors';
import type { ApiClient } from './api-client.js';
import type { Page, Run } from './api-shapes.js';

const WHOLE_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const PAGE = 500;
const SEARCHED_RUNS = 5_000;
const SHOWN_CANDIDATES = 5;

export const runArgumentHelp = 'id of the run, its beginning, its id at its engine, or latest';

/**
 * The id of the run that a person means: a whole id as it is, `latest`, the beginning of an id, or the id that the engine
 * gave it (of several attempts the newest).
 *
 * @throws ORRERY_NOT_FOUND when none of the newest 5000 runs is meant, ORRERY_VALIDATION when several are
 */
export async function findRunId(client: ApiClient, given: string): Promise<string> {
  if (WHOLE_ID.test(given)) return given.toLowerCase();
  if (given === 'latest') return (await latest(client)).run_id;
  const prefix = given.toLowerCase();
  const found: Run[] = [];
  for await (const run of newest(client)) {
    if (run.external_id === given) return run.run_id;
    if (/^[0-9a-f-]{2,}$/.test(prefix) && run.run_id.startsWith(prefix)) found.push(run);
  }
  if (found.length > 1) throw ambiguous(given, found);
  const [only] = found;
  if (only === undefined) throw new OrreryError('ORRERY_NOT_FOUND', `no run ${given} among the newest ${SEARCHED_RUNS}; \`orrery runs\` lists them`);
  return only.run_id;
}

async function latest(client: ApiClient): Promise<Run> {
  const { items } = await client.get<Page<Run>>('/api/v1/runs', { limit: 1 });
  if (items[0] === undefined) throw new OrreryError('ORRERY_NOT_FOUND', 'there are no runs yet; record one with `orrery exec -- CMD`');
  return items[0];
}

async function* newest(client: ApiClient): AsyncGenerator<Run> {
  let cursor: string | undefined;
  for (let seen = 0; seen < SEARCHED_RUNS; seen += PAGE) {
    const page: Page<Run> = await client.get('/api/v1/runs', { limit: PAGE, cursor });
    yield* page.items;
    if (page.next_cursor === null) return;
    cursor = page.next_cursor;
  }
}

function ambiguous(given: string, runs: readonly Run[]): OrreryError {
  const shown = runs.slice(0, SHOWN_CANDIDATES).map(({ run_id: id, workflow }) => `  ${id}  ${workflow ?? ''}`);
  const more = runs.length > SHOWN_CANDIDATES ? `\n  … ${runs.length - SHOWN_CANDIDATES} more` : '';
  return new OrreryError('ORRERY_VALIDATION', `${given} begins ${runs.length} ids:\n${shown.join('\n')}${more}`);
}
