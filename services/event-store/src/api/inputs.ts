import { pageCursor, pageLimit } from '@orrery/http';
import { z } from 'zod';
import { parseInstant } from '../domain/instant.js';
import { outcomeOfWord, outcomeWords, statusOfWord, statusWords } from '../views/words.js';

const moment = z.string().transform((text, context) => {
  const microseconds = parseInstant(text);
  if (microseconds !== null) return microseconds;
  context.addIssue({ code: 'custom', message: 'expected ISO 8601 with a zone, for example 2024-05-01T12:00:00Z' });
  return z.NEVER;
});

const label = z.string().transform((text, context): readonly [string, string] => {
  const separator = text.indexOf(':');
  if (separator > 0) return [text.slice(0, separator), text.slice(separator + 1)];
  context.addIssue({ code: 'custom', message: 'expected label:value' });
  return z.NEVER;
});

const labels = z
  .union([z.string(), z.array(z.string()).max(10)])
  .transform((given) => (typeof given === 'string' ? [given] : given))
  .pipe(z.array(label));

const word = z.string().min(1).max(1000);

export const runParameters = z.strictObject({ run_id: z.uuid().toLowerCase() });

export const runsQuery = z.strictObject({
  engine: word.optional(),
  namespace: word.optional(),
  workflow: word.optional(),
  status: z.enum(statusWords).transform(statusOfWord).optional(),
  outcome: z.enum(outcomeWords).transform(outcomeOfWord).optional(),
  since: moment.optional().describe('Runs that started then or later'),
  until: moment.optional().describe('Runs that started before'),
  label: labels.optional().describe('label:value; may be given several times, then all must fit'),
  q: word.optional().describe('Part of the workflow, namespace or external id'),
  limit: pageLimit(50, 500),
  cursor: pageCursor,
});

export const timelineQuery = z.strictObject({
  task: z.uuid().toLowerCase().optional(),
  parent: z.uuid().toLowerCase().optional().describe('Pages the children of this event'),
  actor: word.optional().describe('All calls of this actor, nested ones too, as a flat list'),
  kind: word.optional().describe('All events of this kind, nested ones too, as a flat list'),
  limit: pageLimit(200, 1000),
  cursor: pageCursor,
});

export const artifactsQuery = z.strictObject({ direction: z.enum(['input', 'output']).optional(), task: z.uuid().toLowerCase().optional(), limit: pageLimit(200, 1000), cursor: pageCursor });
export const messagesQuery = z.strictObject({ limit: pageLimit(200, 1000), cursor: pageCursor });
export const samplesQuery = z.strictObject({ task: z.uuid().toLowerCase().optional(), name: word.optional(), limit: pageLimit(200, 1000), cursor: pageCursor });
export const stateQuery = z.strictObject({ at: moment });

export const provenanceQuery = z
  .strictObject({
    uri: z.string().min(1).max(10_000).optional().describe('As the producer wrote it'),
    hash: z.string().min(1).max(500).optional().describe('algorithm:hex'),
  })
  .refine(({ uri, hash }) => (uri === undefined) !== (hash === undefined), { message: 'expected either uri or hash' });

export const liveQuery = z.object({ cursor: z.string().max(100).optional(), run_id: z.uuid().toLowerCase().optional() });

export const deadLettersQuery = z.strictObject({ topic: word.optional(), limit: pageLimit(50, 500), cursor: pageCursor });
export const replayBody = z
  .strictObject({ ids: z.array(z.string().max(500)).min(1).max(1000).optional(), topic: word.optional() })
  .refine(({ ids, topic }) => ids !== undefined || topic !== undefined, { message: 'expected ids or topic' });
