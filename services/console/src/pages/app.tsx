import { useEffect, useRef, type ReactElement } from 'react';
import { KeyPrompt } from '../parts/key-prompt.js';
import { OfflineBanner } from '../parts/offline-banner.js';
import { anomaliesAddress, deadLettersAddress, predictionsAddress, provenanceAddress, runsAddress, scheduleAddress, type Route } from '../routing/route.js';
import { useRoute } from '../routing/use-route.js';
import { AnomaliesPage } from './anomalies-page.js';
import { DeadLettersPage } from './dead-letters-page.js';
import { PredictionsPage } from './predictions-page.js';
import { ProvenancePage } from './provenance-page.js';
import { RunPage } from './run-page.js';
import { RunsPage } from './runs-page.js';
import { SchedulePage } from './schedule-page.js';

const rooms = [
  { name: 'Runs', address: runsAddress(), pages: ['runs', 'run'] },
  { name: 'Anomalies', address: anomaliesAddress(), pages: ['anomalies'] },
  { name: 'Predictions', address: predictionsAddress(), pages: ['predictions'] },
  { name: 'Scheduling', address: scheduleAddress(), pages: ['schedule'] },
  { name: 'Provenance', address: provenanceAddress(), pages: ['provenance'] },
  { name: 'Dead letters', address: deadLettersAddress(), pages: ['dead-letters'] },
] as const;

/** The whole page: where one can go, what is wrong with the connection, and the room one is in. */
export function App(): ReactElement {
  const route = useRoute();
  const main = useRef<HTMLElement>(null);
  const place = route.page === 'run' ? route.runId : route.page;
  useEffect(() => {
    // On narrow pages the rooms do not all fit.
    document.querySelector('.bar nav [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    window.scrollTo(0, 0);
  }, [place]);
  return (
    <>
      <button
        type="button"
        className="skip-link"
        onClick={() => {
          main.current?.focus();
        }}
      >
        Skip to content
      </button>
      <header className="bar">
        <a className="brand" href={runsAddress()}>
          <img src="./favicon.svg" alt="" width="24" height="24" />
          Orrery
        </a>
        <nav aria-label="Rooms">
          {rooms.map(({ name, address, pages }) => (
            <a key={name} href={address} aria-current={(pages as readonly string[]).includes(route.page) ? 'page' : undefined}>
              {name}
            </a>
          ))}
        </nav>
      </header>
      <OfflineBanner />
      <main ref={main} tabIndex={-1}>
        <Room route={route} />
      </main>
      <KeyPrompt />
    </>
  );
}

function Room({ route }: { readonly route: Route }): ReactElement {
  if (route.page === 'runs') return <RunsPage query={route.query} />;
  if (route.page === 'run') return <RunPage key={route.runId} runId={route.runId} query={route.query} />;
  if (route.page === 'anomalies') return <AnomaliesPage query={route.query} />;
  if (route.page === 'predictions') return <PredictionsPage query={route.query} />;
  if (route.page === 'schedule') return <SchedulePage query={route.query} />;
  if (route.page === 'provenance') return <ProvenancePage query={route.query} />;
  if (route.page === 'dead-letters') return <DeadLettersPage query={route.query} />;
  return (
    <div className="empty">
      <h1>There is no such page</h1>
      <p>
        All runs are <a href={runsAddress()}>in the list of runs</a>.
      </p>
    </div>
  );
}
