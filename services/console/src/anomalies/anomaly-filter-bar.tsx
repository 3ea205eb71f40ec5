import type { ReactElement } from 'react';
import { Icon } from '../parts/icon.js';
import { TextFilter } from '../pages/filter-bar.js';
import { atFirst, isChanged, statusChoices, type AnomalyFilter } from './anomaly-filter.js';
import { severityOf, severityOrder } from './severity.js';

interface AnomalyFilterBarProps {
  readonly filter: AnomalyFilter;
  readonly change: (part: Partial<AnomalyFilter>) => void;
  readonly workflows: readonly string[];
}

/** What narrows the list of anomalies. */
export function AnomalyFilterBar({ filter, change, workflows }: AnomalyFilterBarProps): ReactElement {
  return (
    <div className="filters" role="search">
      <TextFilter value={filter.workflow} label="Workflow" placeholder="Any workflow" choices={workflows} change={(workflow) => { change({ workflow }); }} />
      <div className="chips" role="group" aria-label="Status">
        {statusChoices.map(([choice, word]) => (
          <button key={choice} type="button" className="chip" aria-pressed={filter.status === choice} onClick={() => { change({ status: choice }); }}>
            {word}
          </button>
        ))}
      </div>
      <div className="chips" role="group" aria-label="Severity">
        {severityOrder.map((severity) => {
          const { word, tone, icon } = severityOf(severity);
          const isChosen = filter.severity === severity;
          return (
            <button key={severity} type="button" className="chip" aria-pressed={isChosen} onClick={() => { change({ severity: isChosen ? '' : severity }); }}>
              <span className={`glyph tone-${tone}`}>
                <Icon name={icon} />
              </span>
              {word}
            </button>
          );
        })}
      </div>
      {/* Keeps its place, so that the list does not move when a filter is set. */}
      <button type="button" className={`quiet${isChanged(filter) ? '' : ' is-absent'}`} disabled={!isChanged(filter)} onClick={() => { change(atFirst); }}>
        Clear
      </button>
    </div>
  );
}
