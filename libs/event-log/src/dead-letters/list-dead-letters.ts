import { deadLetterTopicOf } from '@orrery/contracts';
import type { EventLog, TopicPartition } from '../event-log.js';
import { fromDeadLetter, type DeadLetter } from './dead-letter.js';

const pageRecords = 500;

export interface DeadLetterQuery {
  /** Where to go on, for each partition of the dead-letter topic; a page's `next` goes here. @default the start */
  readonly from?: ReadonlyMap<number, bigint>;
  /** @default 100 */
  readonly limit?: number;
  readonly select?: (letter: DeadLetter) => boolean;
}

export interface DeadLetterPage {
  readonly letters: readonly DeadLetter[];
  /** Where the next page begins. */
  readonly next: ReadonlyMap<number, bigint>;
  /** No dead letter lay behind this page when it was read. */
  readonly isLast: boolean;
}

/**
 * Lists the dead letters of a topic, oldest first in each partition; empty when there is no dead-letter topic.
 *
 * @param topic the original topic, not its dead-letter topic
 */
export async function listDeadLetters(log: EventLog, topic: string, query: DeadLetterQuery = {}): Promise<DeadLetterPage> {
  const { from, limit = 100, select = () => true } = query;
  const letters: DeadLetter[] = [];
  const next = new Map<number, bigint>();
  let isLast = true;
  for (const bounds of await log.offsets(deadLetterTopicOf(topic).name)) {
    const { partition, start, end } = bounds;
    let offset = later(from?.get(partition), start);
    for await (const { letter, nextOffset } of lettersOf(log, bounds, { offset, end })) {
      if (letters.length === limit) break;
      if (letter !== null && select(letter)) letters.push(letter);
      offset = nextOffset;
    }
    next.set(partition, offset);
    isLast = isLast && offset >= end;
  }
  return { letters, next, isLast };
}

function later(wanted: bigint | undefined, start: bigint): bigint {
  return wanted !== undefined && wanted > start ? wanted : start;
}

/** Every record of a range with the offset behind it; the last one's is the end of the range, whatever was removed there. */
async function* lettersOf(
  log: EventLog,
  { topic, partition }: TopicPartition,
  range: { readonly offset: bigint; readonly end: bigint },
): AsyncGenerator<{ readonly letter: DeadLetter | null; readonly nextOffset: bigint }> {
  for (let offset = range.offset; offset < range.end; ) {
    const records = await log.read({ topic, partition }, offset, pageRecords);
    for (const record of records) yield { letter: fromDeadLetter(record), nextOffset: record.offset + 1n };
    const last = records.at(-1);
    if (last === undefined) yield { letter: null, nextOffset: range.end };
    offset = last === undefined ? range.end : last.offset + 1n;
  }
}
