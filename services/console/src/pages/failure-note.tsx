import { useState, type ReactElement } from 'react';
import { readFailure } from '../api/calls.js';
import { useRequest } from '../api/use-request.js';
import type { Failure, RunDetail } from '../api/wire-shapes.js';
import { FaultNote } from '../parts/fault-note.js';
import { Plain, PlainBlock } from '../parts/plain.js';
import { hasFailed } from '../parts/standing.js';
import { runAddress } from '../routing/route.js';
import { eventKey, taskKey } from '../trace/branch.js';
import { eventWords } from '../trace/event-words.js';
import { useOnRevision } from './use-run.js';

/** Why a run failed, in one sentence, with the way to the place and to what led there. */
export function FailureNote({ run, revision }: { readonly run: RunDetail; readonly revision: number }): ReactElement | null {
  const failure = useRequest(run.run_id, (signal) => readFailure(run.run_id, signal));
  useOnRevision(revision, failure.reload);
  const { value } = failure;
  if (value === undefined) {
    // Where the server has no sentence for it, the error that the engine told has to do.
    return run.error === null || failure.isLoading ? null : <section className="failure"><FaultNote fault={run.error} /></section>;
  }
  return (
    <section className={`failure${hasFailed(run) ? '' : ' failure-mild'}`} aria-label="Failure">
      <p className="failure-summary">
        <Plain text={value.summary} />
      </p>
      <div className="failure-links">
        {value.task !== null && <a href={runAddress(run.run_id, { at: taskKey(value.task.task_id) })}>Show the failed task</a>}
        <FailureDetails failure={value} runId={run.run_id} />
      </div>
    </section>
  );
}

function FailureDetails({ failure, runId }: { readonly failure: Failure; readonly runId: string }): ReactElement | null {
  const [isOpen, setIsOpen] = useState(false);
  const { error, log_tail: log, upstream, events } = failure;
  if (error === null && log.length === 0 && upstream.length === 0 && events.length === 0) return null;
  return (
    <details open={isOpen} onToggle={(event) => { setIsOpen(event.currentTarget.open); }}>
      <summary>What led there</summary>
      {isOpen && (
        <div className="failure-details">
          {error !== null && <FaultNote fault={error} />}
          {log.length > 0 && (
            <section>
              <h3>End of the log</h3>
              <PlainBlock text={log.join('\n')} />
            </section>
          )}
          <LastEvents failure={failure} runId={runId} />
          {upstream.length > 0 && (
            <section>
              <h3>Tasks before it</h3>
              <ul className="plain-list">
                {upstream.map((task) => (
                  <li key={task.task_id}>
                    <a href={runAddress(runId, { at: taskKey(task.task_id) })}>
                      <Plain text={task.name ?? task.external_id ?? task.task_id} />
                    </a>
                  </li>
                ))}
              </ul>
            </section>
          )}
        </div>
      )}
    </details>
  );
}

function LastEvents({ failure, runId }: { readonly failure: Failure; readonly runId: string }): ReactElement | null {
  if (failure.events.length === 0) return null;
  return (
    <section>
      <h3>Last events</h3>
      <ul className="plain-list">
        {failure.events.map((event) => {
          const words = eventWords(event);
          return (
            <li key={event.event_id}>
              <a href={runAddress(runId, { at: eventKey(event.event_id), in: event.task_id })}>
                <Plain text={`${words.kind}: ${words.title}`} />
              </a>
              {words.fault !== null && (
                <span className="bad-text cut">
                  <Plain text={words.fault} />
                </span>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
