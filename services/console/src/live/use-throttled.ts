import { useCallback, useEffect, useRef } from 'react';

/** Joins calls that come in quick succession into one, at most one per interval; the last call is never lost. */
export function useThrottled(act: () => void, intervalMs: number): () => void {
  const latest = useRef(act);
  latest.current = act;
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const lastAtMs = useRef(-Infinity);

  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
    },
    [],
  );

  return useCallback(() => {
    if (timer.current !== null) return;
    const waitMs = Math.max(0, lastAtMs.current + intervalMs - performance.now());
    timer.current = setTimeout(() => {
      timer.current = null;
      lastAtMs.current = performance.now();
      latest.current();
    }, waitMs);
  }, [intervalMs]);
}
