import { useEffect, useState, type FormEvent, type ReactElement } from 'react';
import { provenanceAddress } from '../routing/route.js';
import { goTo } from '../routing/use-route.js';
import { artifactSought } from './artifact-sought.js';
import { ProvenanceView } from './provenance-view.js';
import { useTitle } from './use-title.js';

/** Where an artifact came from and who read it, by its address or its hash. */
export function ProvenancePage({ query }: { readonly query: URLSearchParams }): ReactElement {
  useTitle('Provenance');
  const uri = query.get('uri');
  const hash = query.get('hash');
  return (
    <div className="page page-narrow">
      <div className="page-head">
        <h1>Provenance</h1>
      </div>
      <SearchForm given={uri ?? hash ?? ''} />
      {uri === null && hash === null ? (
        <div className="empty">
          <h2>Where did a file come from?</h2>
          <p>Give the address of a file, data set or image, or its hash. Orrery names every version, who made it of what, and who read it, across engines.</p>
        </div>
      ) : (
        <ProvenanceView uri={uri} hash={uri === null ? hash : null} />
      )}
    </div>
  );
}

function SearchForm({ given }: { readonly given: string }): ReactElement {
  const [text, setText] = useState(given);
  useEffect(() => {
    setText(given);
  }, [given]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const sought = artifactSought(text);
    if (sought !== null) goTo(provenanceAddress(sought));
  };
  return (
    <form className="wide-search" role="search" onSubmit={submit}>
      <input type="search" aria-label="Address or hash of an artifact" placeholder="s3://bucket/report.csv, file:///srv/data.csv or sha256:…" value={text} onChange={(event) => { setText(event.target.value); }} />
      <button type="submit" className="primary">
        Find
      </button>
    </form>
  );
}
