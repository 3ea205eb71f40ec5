import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';

const itemsAtOnce = 500;

/**
 * Writes an object with one long list as JSON in portions, so that other requests get their turn in between.
 *
 * @example
 * jsonStream({ run_id: runId }, 'tasks', tasks) // {"run_id":"…","tasks":[…]}
 */
export function jsonStream(head: Readonly<Record<string, unknown>>, listName: string, items: readonly unknown[]): Readable {
  return Readable.from(portions(head, listName, items), { objectMode: false });
}

async function* portions(head: Readonly<Record<string, unknown>>, listName: string, items: readonly unknown[]): AsyncGenerator<string> {
  const members = Object.entries(head).map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)},`);
  yield `{${members.join('')}${JSON.stringify(listName)}:[`;
  for (let from = 0; from < items.length; from += itemsAtOnce) {
    const portion = JSON.stringify(items.slice(from, from + itemsAtOnce)).slice(1, -1);
    yield from === 0 ? portion : `,${portion}`;
    await turn();
  }
  yield ']}';
}
