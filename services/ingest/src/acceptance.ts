import { z } from 'zod';
import type { NormalisedEvent } from './ingest.service.js';

/** Record ids are told for batches up to this size; beyond it the counts say enough. */
const maxRecordsInAnswer = 100;

/** What a producer gets back when its events are in the log for good. */
export const acceptanceSchema = z.object({
  accepted: z.int().describe('Source events that are durable'),
  unrecognised: z.int().describe('How many of them were kept without being understood'),
  flags: z.array(z.string()).describe('Doubts about the payload, each once: clock_skew, redacted, unrecognised, unmapped …'),
  records: z
    .array(
      z.object({
        record_id: z.string().describe('Id of the source event; the same event always gets the same'),
        run_ids: z.array(z.string()).describe('The runs that it speaks of'),
      }),
    )
    .optional()
    .describe(`One for each source event, in their order; absent when there are more than ${maxRecordsInAnswer}`),
});

export type Acceptance = z.output<typeof acceptanceSchema>;

/** The answer to what was accepted. */
export function acceptanceOf(events: readonly NormalisedEvent[]): Acceptance {
  return {
    accepted: events.length,
    unrecognised: events.filter(({ event }) => unrecognisedFlagOf(event) !== undefined).length,
    flags: flagsOf(events),
    ...(events.length <= maxRecordsInAnswer ? { records: events.map(recordOf) } : {}),
  };
}

/** What shows that an event was kept without being understood: nobody knows its format, or its mapper failed. */
export function unrecognisedFlagOf({ format, flags = [] }: NormalisedEvent['event']): 'unmapped' | 'unrecognised' | undefined {
  if (flags.includes('unmapped')) return 'unmapped';
  return format === 'unrecognised' ? 'unrecognised' : undefined;
}

/** The doubts about some events, each once. */
export function flagsOf(events: readonly NormalisedEvent[]): string[] {
  return [...new Set(events.flatMap(({ records }) => records.flatMap(({ flags }) => flags)))].sort();
}

function recordOf({ records }: NormalisedEvent): NonNullable<Acceptance['records']>[number] {
  const runIds = new Set(records.flatMap(({ runId }) => (runId === '' ? [] : [runId])));
  return { record_id: records[0]?.recordId ?? '', run_ids: [...runIds] };
}
