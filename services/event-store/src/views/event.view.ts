import { z } from 'zod';
import type { EventState } from '../domain/event-state.js';
import { durationMs } from '../domain/instant.js';
import { failureShownFor, outcomeOf, statusOf } from '../domain/progress.js';
import { attributesSchema, attributesView, durationSchema, errorSchema, errorView, isoOrNull, outcomeSchema, outcomeWord, statusSchema, statusWord, textSchema, textView, timeSchema } from './words.js';

const fields = z.object({
  event_id: z.uuid(),
  external_id: textSchema,
  task_id: textSchema,
  parent_event_id: textSchema,
  kind: textSchema.describe('agent_call, model_call, tool_call, code_execution, hand_off, message, retrieval, log, metric, attempt, span; null for a parent that was named but not told'),
  name: textSchema,
  actor: textSchema,
  target: textSchema,
  status: statusSchema,
  outcome: outcomeSchema,
  started_at: timeSchema,
  finished_at: timeSchema,
  duration_ms: durationSchema,
  error: errorSchema,
  model: textSchema,
  input_tokens: z.int().nullable(),
  output_tokens: z.int().nullable(),
  cost_usd: z.number().nullable(),
  input: textSchema.describe('Cut with an ellipsis after 32,768 characters'),
  output: textSchema.describe('Cut with an ellipsis after 32,768 characters'),
  severity_number: z.int().nullable(),
  attributes: attributesSchema,
  artifact_count: z.int(),
  child_count: z.int(),
});

export type EventView = z.output<typeof fields> & { children: EventView[] };

export const eventSchema: z.ZodType<EventView> = z
  .object({
    ...fields.shape,
    get children() {
      return z.array(eventSchema).describe('The first 50, at most 10 levels deep; ask with parent= for more');
    },
  })
  .meta({ id: 'Event' });

/** What lies around an event in its timeline. */
export interface EventSurroundings {
  readonly artifactCount: number;
  readonly childCount: number;
  readonly children: EventView[];
}

export function eventView(event: EventState, { artifactCount, childCount, children }: EventSurroundings): EventView {
  const { progress } = event;
  return {
    event_id: event.eventId,
    external_id: event.externalId,
    task_id: event.taskId,
    parent_event_id: event.parentEventId,
    kind: event.kind,
    name: event.name,
    actor: event.actor,
    target: event.target,
    status: statusWord(statusOf(progress)),
    outcome: outcomeWord(outcomeOf(progress)),
    started_at: isoOrNull(progress.startedAtUs),
    finished_at: isoOrNull(progress.finishedAtUs),
    duration_ms: durationMs(progress.startedAtUs, progress.finishedAtUs),
    error: errorView(failureShownFor(progress)),
    model: event.model,
    input_tokens: event.inputTokens,
    output_tokens: event.outputTokens,
    cost_usd: event.costUsd,
    input: textView(event.input),
    output: textView(event.output),
    severity_number: event.severityNumber,
    attributes: attributesView(event.attributes),
    artifact_count: artifactCount,
    child_count: childCount,
    children,
  };
}
