import type { EventLog, OutgoingRecord } from '../event-log.js';
import type { DeadLetter } from './dead-letter.js';
import { replayedFromHeader } from './dead-letter-headers.js';
import { listDeadLetters, type DeadLetterPage, type DeadLetterQuery } from './list-dead-letters.js';

export interface ReplayResult extends Pick<DeadLetterPage, 'next' | 'isLast'> {
  readonly replayed: number;
}

/**
 * Appends the originals of dead letters to their topic once more, with key, value and headers as they were and the header
 * `orrery-replayed-from`. The dead letters stay; `next` says where a further replay goes on, so that none is replayed twice.
 *
 * @param topic the original topic, not its dead-letter topic
 * @throws ORRERY_DEPENDENCY when the log is down; then part of the page may have been replayed.
 */
export async function replayDeadLetters(log: EventLog, topic: string, query: DeadLetterQuery = {}): Promise<ReplayResult> {
  const { letters, next, isLast } = await listDeadLetters(log, topic, query);
  if (letters.length > 0) await log.append(letters.map(toOriginal));
  return { replayed: letters.length, next, isLast };
}

function toOriginal({ at, original }: DeadLetter): OutgoingRecord {
  return {
    topic: original.topic,
    key: original.key,
    value: original.value,
    headers: { ...original.headers, [replayedFromHeader]: `${at.topic}/${at.partition}/${at.offset}` },
  };
}
