import { useEffect, useRef } from 'react';

/** Does something at an interval while it is wanted and somebody looks at the page. */
export function useRenewal(isWanted: boolean, intervalMs: number, renew: () => void): void {
  const latest = useRef(renew);
  latest.current = renew;
  useEffect(() => {
    if (!isWanted) return undefined;
    const timer = setInterval(() => {
      if (!document.hidden) latest.current();
    }, intervalMs);
    return () => {
      clearInterval(timer);
    };
  }, [isWanted, intervalMs]);
}
