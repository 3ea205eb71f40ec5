import { useCallback, useEffect, useMemo, useState } from 'react';
import { listRunAnomalies } from '../api/anomaly-calls.js';
import type { Anomaly } from '../api/anomaly-shapes.js';
import { ApiProblem } from '../api/problem.js';
import { useRequest } from '../api/use-request.js';
import type { Page, RunDetail } from '../api/wire-shapes.js';
import { isUnderWay } from '../parts/standing.js';
import { withAnomaly } from './merge-anomalies.js';
import { useRenewal } from './use-renewal.js';

export interface RunAnomalies {
  readonly items: readonly Anomaly[];
  readonly problem: ApiProblem | undefined;
  /** Whether there is an answer, be it a problem, or the page should wait for one no longer. */
  readonly isSettled: boolean;
  readonly reload: () => void;
  /** Takes the version of one that the server answered with. */
  readonly changed: (anomaly: Anomaly) => void;
}

const renewalMs = 5_000;
const watchedAfterEndMs = 120_000;
// So long the page waits with the rest, so that the anomalies do not push it down a moment later.
const patienceMs = 500;
const none: readonly Anomaly[] = [];
const notKept: Page<Anomaly> = { items: none, next_cursor: null };

/** The anomalies of a run, read again for a while after its end: what is not as usual is found then. */
export function useRunAnomalies(runId: string, run: RunDetail | undefined): RunAnomalies {
  const { value, problem, reload } = useRequest(runId, (signal) => listRunAnomalies(runId, signal).catch(noneWhereUnknown));
  const [acted, setActed] = useState<readonly Anomaly[]>(none);
  const [isPatienceOver, setIsPatienceOver] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => {
      setIsPatienceOver(true);
    }, patienceMs);
    return () => {
      clearTimeout(timer);
    };
  }, []);
  // The next answer of the server knows what was done.
  useEffect(() => {
    setActed(none);
  }, [value]);
  useRenewal(run !== undefined && value !== notKept && (isUnderWay(run) || endedWithin(run, watchedAfterEndMs)), renewalMs, reload);
  const changed = useCallback((anomaly: Anomaly) => {
    setActed((before) => [...before.filter((known) => known.anomaly_id !== anomaly.anomaly_id), anomaly]);
  }, []);
  const items = useMemo(() => acted.reduce(withAnomaly, value?.items ?? none), [acted, value]);
  return { items, problem, isSettled: isPatienceOver || value !== undefined || problem !== undefined, reload, changed };
}

/** A platform that keeps no baselines has no anomalies to tell of. */
function noneWhereUnknown(thrown: unknown): Page<Anomaly> {
  if (thrown instanceof ApiProblem && thrown.status === 404) return notKept;
  throw thrown;
}

function endedWithin({ finished_at: end }: RunDetail, durationMs: number): boolean {
  return end !== null && Date.now() - Date.parse(end) < durationMs;
}
