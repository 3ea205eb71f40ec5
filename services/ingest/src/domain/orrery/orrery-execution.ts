import { isRecord } from '../json-reading.js';
import type { Execution } from '../source-event.js';
import { artifactStatementsOf, sampleStatementsOf } from './artifact-statements.js';
import { eventStatementsOf, messageStatementsOf } from './event-statements.js';
import { FieldReader } from './field-reader.js';
import { runStatementOf } from './run-statement.js';
import { RunScope } from './run-scope.js';
import { taskStatementsOf } from './task-statements.js';

/** The type of a CloudEvent whose data is in Orrery's own format. */
export const orreryEventType = 'dev.orrery.execution.v1';

/** The event that carries the data: what its run and its statements inherit. */
export interface Carrier {
  readonly tenantId: string;
  /** The CloudEvent's source: that of the run, unless the run names another. */
  readonly source: string;
  readonly externalId: string;
  readonly occurredAtMs: number | undefined;
}

export interface ReadExecution {
  /** Absent when the data does not name a run. */
  readonly execution?: Execution;
  /** What was not as documented, by path. */
  readonly faults: readonly string[];
}

/**
 * Reads the data of an event in Orrery's own format: a run, and optionally tasks, events, artifacts, messages and samples.
 * An entry that is not as documented is left out or loses the faulty field, and its neighbours stay.
 *
 * @example
 * orreryExecutionOf({ run: { id: '7' }, tasks: [{ id: 'a' }, {}] }, carrier).faults // ['data.tasks[1].id: expected a non-empty text']
 */
export function orreryExecutionOf(data: unknown, carrier: Carrier): ReadExecution {
  if (!isRecord(data)) return { faults: ['data: expected an object with a run'] };
  const reader = new FieldReader();
  const run = runStatementOf(data, reader, carrier);
  if (run === undefined) return { faults: reader.faults };
  const scope = new RunScope(run.runId, carrier.occurredAtMs, carrier.externalId);
  const execution: Execution = {
    run,
    tasks: taskStatementsOf(data, reader, scope),
    events: eventStatementsOf(data, reader, scope),
    artifacts: artifactStatementsOf(data, reader, scope),
    messages: messageStatementsOf(data, reader, scope),
    samples: sampleStatementsOf(data, reader, scope),
  };
  return { execution, faults: reader.faults };
}
