import { useEffect, useState, type ReactElement } from 'react';
import { engineName } from '../parts/engine-badge.js';
import { Icon } from '../parts/icon.js';
import { StandingGlyph } from '../parts/standing-mark.js';
import { standings, type Standing } from '../parts/standing.js';
import { isNarrowed, standingChoices, type RunFilter } from './run-filter.js';

interface FilterBarProps {
  readonly filter: RunFilter;
  readonly change: (part: Partial<RunFilter>) => void;
  readonly engines: readonly string[];
  readonly workflows: readonly string[];
}

const atOnce: readonly Standing[] = ['running', 'success', 'failure', 'error', 'timeout', 'cancellation'];

/** What narrows the list of runs. */
export function FilterBar({ filter, change, engines, workflows }: FilterBarProps): ReactElement {
  return (
    <div className="filters" role="search">
      <TextFilter value={filter.text} label="Search" placeholder="Search runs" change={(text) => { change({ text }); }} />
      <TextFilter value={filter.workflow} label="Workflow" placeholder="Any workflow" choices={workflows} change={(workflow) => { change({ workflow }); }} />
      <select
        aria-label="Engine"
        value={filter.engine}
        onChange={(event) => {
          change({ engine: event.target.value });
        }}
      >
        <option value="">Any engine</option>
        {withChosen(engines, filter.engine).map((engine) => (
          <option key={engine} value={engine}>
            {engineName(engine)}
          </option>
        ))}
      </select>
      <StandingChoice chosen={filter.standing} choose={(standing) => { change({ standing }); }} />
      {isNarrowed(filter) && (
        <button
          type="button"
          className="quiet"
          onClick={() => {
            change({ engine: '', workflow: '', text: '', standing: '' });
          }}
        >
          Clear
        </button>
      )}
    </div>
  );
}

const withChosen = (choices: readonly string[], chosen: string): readonly string[] => (chosen === '' || choices.includes(chosen) ? choices : [...choices, chosen]);

interface StandingChoiceProps {
  readonly chosen: Standing | '';
  readonly choose: (standing: Standing | '') => void;
}

function StandingChoice({ chosen, choose }: StandingChoiceProps): ReactElement {
  const rest = standingChoices.filter((standing) => !atOnce.includes(standing));
  return (
    <div className="chips" role="group" aria-label="Outcome">
      <button type="button" className="chip" aria-pressed={chosen === ''} onClick={() => { choose(''); }}>
        All
      </button>
      {atOnce.map((standing) => (
        <button key={standing} type="button" className="chip" aria-pressed={chosen === standing} onClick={() => { choose(chosen === standing ? '' : standing); }}>
          <StandingGlyph standing={standing} isSilent />
          {standings[standing].word}
        </button>
      ))}
      <select
        aria-label="Other outcomes"
        className="chip"
        value={rest.find((standing) => standing === chosen) ?? ''}
        onChange={(event) => {
          choose(event.target.value as Standing | '');
        }}
      >
        <option value="">Other …</option>
        {rest.map((standing) => (
          <option key={standing} value={standing}>
            {standing === 'unknown' ? 'Unknown' : standings[standing].word}
          </option>
        ))}
      </select>
    </div>
  );
}

interface TextFilterProps {
  readonly value: string;
  readonly label: string;
  readonly placeholder: string;
  readonly choices?: readonly string[];
  readonly change: (value: string) => void;
}

const typingPauseMs = 300;

/** A field that waits for a pause in typing before it narrows the list. */
export function TextFilter({ value, label, placeholder, choices, change }: TextFilterProps): ReactElement {
  const [typed, setTyped] = useState(value);
  useEffect(() => {
    setTyped(value);
  }, [value]);
  useEffect(() => {
    if (typed === value) return undefined;
    const timer = setTimeout(() => {
      change(typed.trim());
    }, typingPauseMs);
    return () => {
      clearTimeout(timer);
    };
  }, [typed]);
  const listId = choices === undefined ? undefined : `choices-${label.toLowerCase()}`;
  return (
    <label className="text-filter">
      <Icon name="search" />
      <input type="search" aria-label={label} placeholder={placeholder} value={typed} list={listId} onChange={(event) => { setTyped(event.target.value); }} />
      {choices !== undefined && (
        <datalist id={listId}>
          {choices.map((choice) => (
            <option key={choice} value={choice} />
          ))}
        </datalist>
      )}
    </label>
  );
}
