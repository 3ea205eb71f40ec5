import { useRef, useState } from 'react';
import { actOnAnomaly } from '../api/anomaly-calls.js';
import type { Anomaly, AnomalyAction } from '../api/anomaly-shapes.js';
import { asProblem, type ApiProblem } from '../api/problem.js';

export interface ActionState {
  readonly act: (action: AnomalyAction) => void;
  readonly isBusy: boolean;
  readonly problem: ApiProblem | undefined;
}

/** Carries out what the reader does about an anomaly, one thing at a time, and hands on how it stands then. */
export function useAnomalyAction(anomalyId: string, changed: (anomaly: Anomaly) => void): ActionState {
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem>();
  const running = useRef(false);
  const act = (action: AnomalyAction): void => {
    if (running.current) return;
    running.current = true;
    setIsBusy(true);
    setProblem(undefined);
    // What was sent is carried out, whether or not the reader stays on the page: nothing aborts it.
    actOnAnomaly(anomalyId, action, new AbortController().signal)
      .then(changed, (thrown: unknown) => {
        setProblem(asProblem(thrown));
      })
      .finally(() => {
        running.current = false;
        setIsBusy(false);
      });
  };
  return { act, isBusy, problem };
}
