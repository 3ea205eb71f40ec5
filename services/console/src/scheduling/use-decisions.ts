import { useEffect, useRef } from 'react';
import { useRenewal } from '../anomalies/use-renewal.js';
import type { Parameters } from '../api/request.js';
import { listDecisions } from '../api/schedule-calls.js';
import type { ScheduleDecision } from '../api/schedule-shapes.js';
import { usePages, type Pages } from '../api/use-pages.js';
import { withNewest } from './decision-words.js';

const renewalMs = 5000;

/** The decisions that match a filter, the latest first; new ones come in front by themselves. */
export function useDecisions(filter: Parameters): Pages<ScheduleDecision> {
  const key = JSON.stringify(filter);
  const pages = usePages(key, (request) => listDecisions(filter, request));
  const { update, reload, items } = pages;
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), [key]);

  useRenewal(pages.isReady && pages.problem === undefined && !pages.isLoading, renewalMs, () => {
    running.current?.abort();
    const abort = new AbortController();
    running.current = abort;
    listDecisions(filter, { cursor: null, signal: abort.signal }).then(
      ({ items: fresh }) => {
        if (abort.signal.aborted || fresh.length === 0) return;
        if (withNewest(items, fresh) === null) reload();
        else update((shown) => withNewest(shown, fresh) ?? shown);
      },
      // The next turn tries again, and a server that is away has its banner.
      () => undefined,
    );
  });
  return pages;
}
