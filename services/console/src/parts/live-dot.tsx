import type { ReactElement } from 'react';
import type { FeedState } from '../live/live-feed.js';

const words: Readonly<Record<FeedState, string>> = { live: 'Live', connecting: 'Connecting', waiting: 'Reconnecting' };

/** Whether what is shown renews itself. */
export function LiveDot({ state }: { readonly state: FeedState }): ReactElement {
  return (
    <span className={`live live-${state}`} role="status" title={state === 'live' ? 'Changes appear by themselves' : 'Changes do not appear by themselves at the moment'}>
      {words[state]}
    </span>
  );
}
