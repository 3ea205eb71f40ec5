import { useEffect, useRef, useSyncExternalStore } from 'react';
import { keyDemand } from './api-key.js';
import { connection } from './connection.js';

/** Repeats a call that failed once that can help: the server is back, or a key was given. */
export function useRepeat(hasFailed: boolean, repeat: () => void): void {
  const { generation } = useSyncExternalStore(connection.subscribe, connection.get);
  const demand = useSyncExternalStore(keyDemand.subscribe, keyDemand.get);
  const reason = `${String(generation)} ${String(demand === null)}`;
  const seen = useRef(reason);
  useEffect(() => {
    if (seen.current === reason) return;
    seen.current = reason;
    if (hasFailed && demand === null) repeat();
  }, [reason, hasFailed, demand, repeat]);
}
