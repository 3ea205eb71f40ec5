import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { currentKey, keyDemand, keyProtocols } from '../api/api-key.js';
import { queryOf } from '../api/request.js';
import { LiveFeed, type FeedSocket, type FeedState } from './live-feed.js';
import type { RunChange } from './live-message.js';

export interface LiveHandlers {
  readonly onChange: (change: RunChange) => void;
  readonly onGap: () => void;
}

/** What to follow: one run, or all with null; nothing while there is nothing to follow. */
export type LiveScope = { readonly runId: string | null } | null;

/** Follows the changes of one run, or of all runs, while the component is on the page. */
export function useLive(scope: LiveScope, handlers: LiveHandlers): FeedState {
  const [state, setState] = useState<FeedState>('connecting');
  const latest = useRef(handlers);
  latest.current = handlers;
  const isWanted = scope !== null;
  const runId = scope?.runId ?? null;
  const isKeyWanted = useSyncExternalStore(keyDemand.subscribe, keyDemand.get) !== null;

  useEffect(() => {
    if (isKeyWanted || !isWanted) return undefined;
    const feed = new LiveFeed({
      open: (cursor) => openSocket(runId, cursor),
      onChange: (change) => {
        latest.current.onChange(change);
      },
      onState: setState,
      onGap: () => {
        latest.current.onGap();
      },
      draw: Math.random,
    });
    feed.start();
    return () => {
      feed.stop();
    };
  }, [runId, isWanted, isKeyWanted]);
  return state;
}

function openSocket(runId: string | null, cursor: string | null): FeedSocket {
  const address = new URL(`api/v1/live${queryOf({ run_id: runId, cursor })}`, document.baseURI);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  address.hash = '';
  const socket = new WebSocket(address, keyProtocols(currentKey()));
  const feedSocket: FeedSocket = {
    onmessage: null,
    onclose: null,
    close: () => {
      socket.close();
    },
  };
  socket.onmessage = ({ data }: MessageEvent<unknown>) => feedSocket.onmessage?.({ data });
  socket.onclose = () => feedSocket.onclose?.();
  return feedSocket;
}
