import { useSyncExternalStore, type ReactElement } from 'react';
import { connection, tryNow } from '../api/connection.js';
import { useNow } from './use-now.js';

/** Says that the server does not answer, when the next try is due, and lets the reader try at once. */
export function OfflineBanner(): ReactElement | null {
  const { isOnline, nextTryAtMs } = useSyncExternalStore(connection.subscribe, connection.get);
  const nowMs = useNow(!isOnline, 500);
  if (isOnline) return null;
  const waitSeconds = nextTryAtMs === null ? 0 : Math.max(0, Math.ceil((nextTryAtMs - nowMs) / 1000));
  return (
    <div className="offline" role="status">
      <span>
        <strong>The server does not answer.</strong> What you see may be out of date. {nextTryAtMs === null ? 'Trying …' : `Next try in ${String(waitSeconds)} s.`}
      </span>
      <button type="button" disabled={nextTryAtMs === null} onClick={() => void tryNow()}>
        Try now
      </button>
    </div>
  );
}
