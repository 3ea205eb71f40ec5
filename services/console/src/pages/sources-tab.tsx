import { useState, type ReactElement } from 'react';
import type { RunDetail } from '../api/wire-shapes.js';
import { Fields } from '../parts/fields.js';
import { instantText } from '../parts/instant.js';
import { Plain, PlainBlock } from '../parts/plain.js';
import { countText } from '../parts/quantity.js';

const flagWords: Readonly<Record<string, string>> = {
  clock_skew: 'Clocks of its producers disagree.',
  negative_duration: 'Something ended before it began.',
  missing_schema: 'A payload named a schema that is not known.',
  redacted: 'Secrets were taken out before anything was kept.',
  unrecognised: 'Some records were of a kind that is not known; their bytes are kept.',
  unmapped: 'Some records said nothing that could be put into the trace; their bytes are kept.',
  derived_status: 'Its engine says nothing of the run itself; the status follows from its tasks.',
};

/** Where the trace comes from, what is doubtful about it, and what the API answers. */
export function SourcesTab({ run }: { readonly run: RunDetail }): ReactElement {
  const labels = Object.entries(run.labels ?? {});
  return (
    <div className="columns">
      <Records sources={run.sources} />
      <section className="card">
        <h2>Doubts</h2>
        <Doubts flags={run.flags} />
        <h2>Identity</h2>
        <Fields entries={identityOf(run)} />
        {labels.length > 0 && <h2>Labels</h2>}
        <Fields entries={labels.map(([name, value]) => [name, <Plain key={name} text={value} />] as const)} />
      </section>
      <RawAnswer run={run} />
    </div>
  );
}

function Records({ sources }: { readonly sources: RunDetail['sources'] }): ReactElement {
  return (
    <section className="card">
      <h2>Records</h2>
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">Format</th>
            <th scope="col">Type</th>
            <th scope="col" className="number">
              Count
            </th>
          </tr>
        </thead>
        <tbody>
          {sources.map(({ format, type, count }) => (
            <tr key={`${format} ${type}`}>
              <td>
                <Plain text={format} />
              </td>
              <td className="breakable">
                <Plain text={type} />
              </td>
              <td className="number">{countText(count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Doubts({ flags }: { readonly flags: readonly string[] }): ReactElement {
  if (flags.length === 0) return <p className="muted">None: every record was understood.</p>;
  return (
    <ul className="flags">
      {flags.map((flag) => (
        <li key={flag}>
          <code>
            <Plain text={flag} />
          </code>
          <span>{Object.hasOwn(flagWords, flag) ? flagWords[flag] : ''}</span>
        </li>
      ))}
    </ul>
  );
}

function RawAnswer({ run }: { readonly run: RunDetail }): ReactElement {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <section className="card card-wide">
      <details
        onToggle={(event) => {
          setIsOpen(event.currentTarget.open);
        }}
      >
        <summary>
          What the API answers: <code className="breakable">GET /api/v1/runs/{run.run_id}</code>
        </summary>
        {isOpen && <PlainBlock text={JSON.stringify(run, null, 2)} />}
      </details>
    </section>
  );
}

function identityOf(run: RunDetail): readonly (readonly [string, ReactElement | string | null])[] {
  const code = (text: string | null): ReactElement | null => (text === null ? null : <code className="breakable"><Plain text={text} /></code>);
  return [
    ['Run id', code(run.run_id)],
    ['Engine id', code(run.external_id)],
    ['Source', code(run.source)],
    ['Trace id', code(run.trace_id)],
    ['Received', instantText(run.received_at)],
    ['Changed', instantText(run.updated_at)],
  ];
}
