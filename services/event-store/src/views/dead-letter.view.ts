import { z } from 'zod';
import type { ListedDeadLetter } from '../dead-letter.service.js';
import { timeSchema } from './words.js';

export const deadLetterSchema = z
  .object({
    id: z.string().describe('topic/partition/offset of the dead letter itself'),
    topic: z.string().describe('Of the record; partition and offset too'),
    partition: z.int(),
    offset: z.string().describe('A 64-bit number as text'),
    reason: z.string(),
    error_code: z.string(),
    received_at: timeSchema,
    size_bytes: z.int(),
    replayed: z.boolean(),
  })
  .meta({ id: 'DeadLetter' });

export type DeadLetterView = z.output<typeof deadLetterSchema>;

export function deadLetterView({ id, letter, isReplayed }: ListedDeadLetter): DeadLetterView {
  const { original } = letter;
  return {
    id,
    topic: original.topic,
    partition: original.partition,
    offset: original.offset.toString(),
    reason: `${letter.reason}: ${letter.errorMessage}`,
    error_code: letter.errorCode,
    received_at: new Date(original.timestampMs).toISOString(),
    size_bytes: original.value?.byteLength ?? 0,
    replayed: isReplayed,
  };
}
