import { useEffect, useRef, type ReactElement } from 'react';
import type { Anomaly, AnomalyAction } from '../api/anomaly-shapes.js';
import { instantText } from '../parts/instant.js';
import { Plain } from '../parts/plain.js';
import { ProblemNote } from '../parts/problem-note.js';
import { actionsOn } from './actions-on.js';
import { standingText } from './anomaly-words.js';
import { useAnomalyAction } from './use-anomaly-action.js';

const words: Readonly<Record<AnomalyAction, readonly [word: string, meaning: string]>> = {
  acknowledge: ['Acknowledge', 'Somebody knows of it and deals with it'],
  resolve: ['Resolve', 'It is over; when it is seen again, it opens anew'],
  'false-positive': ['False positive', 'A false alarm: it will take more to raise one of this kind here again'],
};

interface AnomalyActionsProps {
  readonly anomaly: Anomaly;
  readonly nowMs: number;
  readonly changed: (anomaly: Anomaly) => void;
}

/** Where an anomaly stands, and what can be done about it. */
export function AnomalyActions({ anomaly, nowMs, changed }: AnomalyActionsProps): ReactElement {
  const { act, isBusy, problem } = useAnomalyAction(anomaly.anomaly_id, changed);
  const standing = standingText(anomaly, nowMs);
  const standingAt = anomaly.resolution?.at ?? anomaly.acknowledged_at;
  const said = useFocusAfter(isBusy);
  return (
    <>
      <div className="anomaly-foot">
        <span ref={said} className="muted" role="status" tabIndex={-1} title={standingAt === null ? undefined : instantText(standingAt)}>
          {isBusy ? 'Sending …' : standing !== null && <Plain text={standing} />}
        </span>
        <div className="button-group" role="group" aria-label={`What to do about ${anomaly.title}`}>
          {actionsOn(anomaly).map((action) => {
            const [word, meaning] = words[action];
            return (
              // Not disabled while busy: the button would lose the focus of whoever works by keyboard.
              <button key={action} type="button" title={meaning} aria-disabled={isBusy} onClick={() => { act(action); }}>
                {word}
              </button>
            );
          })}
        </div>
      </div>
      {problem !== undefined && <ProblemNote problem={problem} />}
    </>
  );
}

/** Puts the focus on what became of an action, whose button may be gone by then, unless the reader has moved on. */
function useFocusAfter(isBusy: boolean): { readonly current: HTMLSpanElement | null } {
  const said = useRef<HTMLSpanElement>(null);
  const wasBusy = useRef(false);
  useEffect(() => {
    const { activeElement } = document;
    if (wasBusy.current && !isBusy && (activeElement === null || activeElement === document.body)) said.current?.focus({ preventScroll: true });
    wasBusy.current = isBusy;
  }, [isBusy]);
  return said;
}
