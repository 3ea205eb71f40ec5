import type { ReactElement, ReactNode } from 'react';
import type { Anomaly } from '../api/anomaly-shapes.js';
import { agoText, instantText } from '../parts/instant.js';
import { Plain } from '../parts/plain.js';
import { AnomalyActions } from './anomaly-actions.js';
import { figuresOf } from './anomaly-words.js';
import { severityOf } from './severity.js';
import { SeverityMark } from './severity-mark.js';

interface AnomalyCardProps {
  readonly anomaly: Anomaly;
  readonly nowMs: number;
  readonly changed: (anomaly: Anomaly) => void;
  /** Ways to where it was seen. */
  readonly children?: ReactNode;
}

/** One anomaly: how bad, what, expected against actual, and what can be done about it. */
export function AnomalyCard({ anomaly, nowMs, changed, children }: AnomalyCardProps): ReactElement {
  const { title, text, severity, status, muted_until: mutedUntil } = anomaly;
  const began = anomaly.since ?? anomaly.detected_at;
  const isMuted = mutedUntil !== null && Date.parse(mutedUntil) > nowMs;
  return (
    <li className={`anomaly tone-${severityOf(severity).tone}${status === 'resolved' ? ' is-done' : ''}`}>
      <div className="anomaly-head">
        <SeverityMark severity={severity} />
        <h2>
          <Plain text={title} />
        </h2>
        {isMuted && (
          <span className="badge" title={`No alerts until ${instantText(mutedUntil)}`}>
            muted
          </span>
        )}
        <time className="muted" dateTime={began ?? undefined} title={instantText(began)}>
          {agoText(began, nowMs)}
        </time>
      </div>
      <p className="anomaly-text">
        <Plain text={text} />
      </p>
      <div className="anomaly-facts">
        <dl className="anomaly-figures">
          {figuresOf(anomaly).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        {children}
      </div>
      <AnomalyActions anomaly={anomaly} nowMs={nowMs} changed={changed} />
    </li>
  );
}
