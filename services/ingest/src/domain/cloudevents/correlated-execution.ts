import { artifactIdOf, Direction, eventIdOf, Outcome, runIdOf, type CloudEvent } from '@orrery/contracts';
import type { ArtifactStatement, EventStatement } from '../statements.js';
import { finished } from '../statements.js';
import type { Execution } from '../source-event.js';
import { parseTimeMs } from '../time.js';

const engine = 'cloudevents';
/** Correlated events come of many sources; what they share is the correlation, so the run has no source of theirs. */
const correlationSource = 'urn:cloudevents:correlationid';

/**
 * What an event of no known format says by its extensions: it happened in the run that its `correlationid` names, caused by the
 * event that its `causationid` names, and its payload lies at its `dataref`. Undefined without a `correlationid`.
 */
export function correlatedExecution(event: CloudEvent, tenantId: string): Execution | undefined {
  const externalId = extensionOf(event, 'correlationid');
  if (externalId === undefined) return undefined;
  const identity = { engine, source: correlationSource, externalId, attempt: 1 };
  const runId = runIdOf({ tenantId, ...identity });
  const happened = happenedIn(runId, event);
  const dataref = extensionOf(event, 'dataref');
  return {
    run: { runId, ...identity },
    events: [happened],
    artifacts: dataref === undefined ? [] : [payloadAt(dataref, runId, happened)],
  };
}

function happenedIn(runId: string, event: CloudEvent): EventStatement & { readonly eventId: string } {
  const atMs = parseTimeMs(event.time);
  const cause = extensionOf(event, 'causationid');
  return {
    // Causes are named by their id alone, so events are, too.
    eventId: eventIdOf(runId, event.id),
    externalId: event.id,
    parentEventId: cause === undefined || cause === event.id ? undefined : eventIdOf(runId, cause),
    kind: 'message',
    name: event.type,
    actor: event.source,
    target: event.subject,
    ...finished(Outcome.UNKNOWN),
    startedAtMs: atMs,
    finishedAtMs: atMs,
    attributesJson: event.extensions === undefined ? undefined : JSON.stringify(event.extensions),
  };
}

function payloadAt(uri: string, runId: string, happened: EventStatement): ArtifactStatement {
  return {
    artifactId: artifactIdOf(runId, happened.eventId ?? '', 'input', uri),
    eventId: happened.eventId,
    direction: Direction.INPUT,
    name: 'payload',
    uri,
    occurredAtMs: happened.startedAtMs,
    actor: happened.actor,
  };
}

function extensionOf(event: CloudEvent, name: string): string | undefined {
  const value = event.extensions?.[name];
  return value === undefined || value === '' ? undefined : String(value);
}
