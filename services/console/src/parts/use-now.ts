import { useEffect, useState } from 'react';

/** The present as epoch milliseconds, renewed at an interval while something depends on it. */
export function useNow(isTicking: boolean, intervalMs = 1000): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    if (!isTicking) return undefined;
    setNowMs(Date.now());
    const timer = setInterval(() => {
      setNowMs(Date.now());
    }, intervalMs);
    return () => {
      clearInterval(timer);
    };
  }, [isTicking, intervalMs]);
  return nowMs;
}
