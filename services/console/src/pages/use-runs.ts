import { useCallback, useRef } from 'react';
import { listRuns } from '../api/calls.js';
import { usePages, type Pages } from '../api/use-pages.js';
import type { Run } from '../api/wire-shapes.js';
import type { FeedState } from '../live/live-feed.js';
import { applyChange, mergeRuns } from '../live/merge-runs.js';
import { useLive } from '../live/use-live.js';
import { useThrottled } from '../live/use-throttled.js';
import { queryOfFilter, type RunFilter } from './run-filter.js';

const renewalIntervalMs = 1500;
const allRuns = { runId: null };

/** The runs that match a filter, newest first, renewed as they change. */
export function useRuns(filter: RunFilter): { readonly pages: Pages<Run>; readonly feed: FeedState } {
  const query = queryOfFilter(filter);
  const pages = usePages(JSON.stringify(query), (request) => listRuns(query, request));
  const { update, reload } = pages;
  const running = useRef<AbortController | null>(null);

  const renew = useThrottled(
    useCallback(() => {
      running.current?.abort();
      const abort = new AbortController();
      running.current = abort;
      listRuns(query, { cursor: null, signal: abort.signal }).then(
        (page) => {
          if (!abort.signal.aborted) update((shown) => mergeRuns(shown, page.items));
        },
        // The next change tries again, and a server that is away has its banner.
        () => undefined,
      );
    }, [JSON.stringify(query), update]),
    renewalIntervalMs,
  );
  const feed = useLive(allRuns, {
    onChange: (change) => {
      update((shown) => applyChange(shown, change));
      renew();
    },
    onGap: reload,
  });
  return { pages, feed };
}
