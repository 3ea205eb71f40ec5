import type { ReactElement } from 'react';
import type { Anomaly, Severity } from '../api/anomaly-shapes.js';
import { Icon } from '../parts/icon.js';
import { plainText } from '../parts/plain-text.js';
import { severityOf, worstFirst } from './severity.js';

/** Sign and word of a severity. */
export function SeverityMark({ severity }: { readonly severity: Severity }): ReactElement {
  const { word, tone, icon } = severityOf(severity);
  return (
    <span className={`standing severity tone-${tone}`}>
      <span className="glyph">
        <Icon name={icon} />
      </span>
      <span>{word}</span>
    </span>
  );
}

/** The sign at a task that is not as usual: that of its worst anomaly, with the sentences of all as its title. */
export function TaskMark({ anomalies }: { readonly anomalies: readonly Anomaly[] }): ReactElement | null {
  const [worst] = worstFirst(anomalies);
  if (worst === undefined) return null;
  const { word, tone, icon } = severityOf(worst.severity);
  return (
    <span className={`glyph severity-glyph tone-${tone}`} title={anomalies.map(({ text }) => plainText(text)).join('\n')}>
      <Icon name={icon} label={`Not as usual: ${word.toLowerCase()}`} />
    </span>
  );
}
