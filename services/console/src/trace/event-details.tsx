import type { ReactElement } from 'react';
import type { ExecutionEvent } from '../api/wire-shapes.js';
import { durationText } from '../parts/duration.js';
import { FaultNote } from '../parts/fault-note.js';
import { Fields } from '../parts/fields.js';
import { instantText } from '../parts/instant.js';
import { Plain, PlainBlock } from '../parts/plain.js';
import { costText, counted, countText } from '../parts/quantity.js';
import { StandingMark } from '../parts/standing-mark.js';
import { eventWords } from './event-words.js';
import { laidOut, turnsOf } from './spoken-text.js';

/** An execution event: who did what, with what went in and what came out. */
export function EventDetails({ event }: { readonly event: ExecutionEvent }): ReactElement {
  const { kind, title } = eventWords(event);
  const isStub = event.kind === null && event.name === null;
  return (
    <>
      <p className="over">
        <Plain text={kind} />
      </p>
      <h2>
        <Plain text={title} />
      </h2>
      {(event.status !== null || event.outcome !== null) && <StandingMark progress={event} />}
      {isStub && <p className="muted">Other events name this one as theirs, but nothing was told of it yet.</p>}
      {event.error !== null && <FaultNote fault={event.error} />}
      <Fields
        entries={[
          ['Name', event.name === null || event.name === title ? null : <Plain text={event.name} />],
          ['Took', durationText(event.duration_ms)],
          ['Started', instantText(event.started_at)],
          ['Model', event.model === null ? null : <Plain text={event.model} />],
          ['Tokens in', countText(event.input_tokens)],
          ['Tokens out', countText(event.output_tokens)],
          ['Cost', costText(event.cost_usd)],
          ['Inside', event.child_count === 0 ? null : counted(event.child_count, 'event')],
        ]}
      />
      <Spoken title="Input" text={event.input} />
      <Spoken title="Output" text={event.output} />
      <Attributes attributes={event.attributes} />
    </>
  );
}

/** What went in or came out: as a conversation where it is one, laid out where it is JSON. */
function Spoken({ title, text }: { readonly title: string; readonly text: string | null }): ReactElement | null {
  if (text === null || text === '') return null;
  const turns = turnsOf(text);
  return (
    <section>
      <h3>{title}</h3>
      {turns === null ? (
        <PlainBlock text={laidOut(text)} />
      ) : (
        <ol className="turns">
          {turns.map((turn, index) => (
            <li key={index} className={`turn turn-${/^[a-z]+$/.test(turn.role) ? turn.role : 'other'}`}>
              <span className="over">
                <Plain text={turn.role} />
              </span>
              <PlainBlock text={turn.text} />
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function Attributes({ attributes }: { readonly attributes: ExecutionEvent['attributes'] }): ReactElement | null {
  const entries = Object.entries(attributes ?? {});
  if (entries.length === 0) return null;
  return (
    <details>
      <summary>{counted(entries.length, 'attribute')}</summary>
      <Fields entries={entries.map(([name, value]) => [name, <Plain key={name} text={typeof value === 'string' ? value : JSON.stringify(value)} />] as const)} />
    </details>
  );
}
