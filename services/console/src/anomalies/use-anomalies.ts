import { useCallback, useEffect, useRef } from 'react';
import { listAnomalies } from '../api/anomaly-calls.js';
import type { Anomaly } from '../api/anomaly-shapes.js';
import { usePages, type Pages } from '../api/use-pages.js';
import { apiQueryOf, type AnomalyFilter } from './anomaly-filter.js';
import { mergeAnomalies, withAnomaly } from './merge-anomalies.js';
import { useRenewal } from './use-renewal.js';

export interface AnomalyPages {
  readonly pages: Pages<Anomaly>;
  /** Takes the version of one that the server answered with. */
  readonly changed: (anomaly: Anomaly) => void;
}

const renewalMs = 10_000;

/** The anomalies that match a filter, what was seen last first, renewed from time to time. */
export function useAnomalies(filter: AnomalyFilter): AnomalyPages {
  const query = apiQueryOf(filter);
  const key = JSON.stringify(query);
  const pages = usePages(key, (request) => listAnomalies(query, request));
  const { update, isReady } = pages;
  const dealtWith = useRef(new Set<string>());
  const running = useRef<AbortController | null>(null);
  useEffect(() => {
    dealtWith.current.clear();
    return () => running.current?.abort();
  }, [key]);

  useRenewal(isReady && pages.problem === undefined && !pages.isLoading, renewalMs, () => {
    running.current?.abort();
    const abort = new AbortController();
    running.current = abort;
    listAnomalies(query, { cursor: null, signal: abort.signal }).then(
      ({ items, next_cursor: cursor }) => {
        if (!abort.signal.aborted) update((shown) => mergeAnomalies(shown, items, { kept: dealtWith.current, isWhole: cursor === null }));
      },
      // The next turn tries again, and a server that is away has its banner.
      () => undefined,
    );
  });
  const changed = useCallback(
    (anomaly: Anomaly) => {
      // A renewal that is under way was asked before this and may answer after it.
      running.current?.abort();
      dealtWith.current.add(anomaly.anomaly_id);
      update((shown) => withAnomaly(shown, anomaly));
    },
    [update],
  );
  return { pages, changed };
}
