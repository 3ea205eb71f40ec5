import { useState, type ReactElement } from 'react';
import type { ScheduleDecision } from '../api/schedule-shapes.js';
import { Icon } from '../parts/icon.js';
import { agoText, instantText } from '../parts/instant.js';
import { Plain } from '../parts/plain.js';
import { counted } from '../parts/quantity.js';
import { runsAddress, scheduleAddress } from '../routing/route.js';
import { preciseText } from './decision-summary.js';
import { differenceOf, fallbackWords, policyName, reasonOf, type Difference, type Start } from './decision-words.js';
import { ToneMark } from './tone-mark.js';

interface DecisionCardProps {
  readonly decision: ScheduleDecision;
  readonly nowMs: number;
}

/** One decision: who made it, what it started and why, and what the heuristic would have done otherwise. */
export function DecisionCard({ decision, nowMs }: DecisionCardProps): ReactElement {
  const { decided_at: at, scheduler, policy, runs, free_slots: freeSlots, took_ms: tookMs, fallback, fallback_words: fallbackText, heuristic, experiment_id: experimentId, arm } = decision;
  const difference = differenceOf(decision);
  return (
    <li className="decision">
      <div className="decision-head">
        <h3>
          <Plain text={policyName(policy)} />
        </h3>
        {fallback !== '' && <ToneMark word={`Stood in: ${fallbackWords(fallback).word.toLowerCase()}`} tone="warning" icon="bang" note={fallbackText} />}
        {fallback === '' && !difference.isSame && <span className="badge">not as <Plain text={heuristic} /></span>}
        {experimentId !== '' && <a href={scheduleAddress({ tab: 'experiments', experiment: experimentId })}>{arm === '' ? 'experiment' : arm}</a>}
        <span className="muted">
          {counted(runs, 'run')}, {counted(freeSlots, 'free slot')} of <Plain text={scheduler} />; {preciseText(tookMs)}
        </span>
        <time className="muted" dateTime={at} title={instantText(at)}>{agoText(at, nowMs)}</time>
      </div>
      {fallbackText !== '' && <p className="muted"><Plain text={fallbackText} /></p>}
      <Starts difference={difference} decider={policyName(policy)} decidedBy={policy.name} />
      {!difference.isSame && <Instead starts={difference.instead} heuristic={heuristic} />}
    </li>
  );
}

const shownAtFirst = 4;

interface StartsProps {
  readonly difference: Difference;
  readonly decider: string;
  readonly decidedBy: string;
}

function Starts({ difference: { started, isSame }, decidedBy }: StartsProps): ReactElement {
  const [isWhole, setIsWhole] = useState(false);
  if (started.length === 0) return <p className="muted">Started nothing.</p>;
  const shown = isWhole ? started : started.slice(0, shownAtFirst);
  return (
    <>
      <ul className="starts">
        {shown.map((start) => (
          <li key={keyOf(start)}>
            <Icon name="arrow" />
            <div>
              <StartWords start={start} />
              {!isSame && start.shared < start.count && <span className="badge">{start.shared === 0 ? 'only here' : `${String(start.count - start.shared)} only here`}</span>}
              <p className="muted"><Plain text={reasonOf(start.reason, decidedBy)} /></p>
            </div>
          </li>
        ))}
      </ul>
      {shown.length < started.length && (
        <button type="button" className="quiet" onClick={() => { setIsWhole(true); }}>
          {counted(started.length - shown.length, 'more start')}
        </button>
      )}
    </>
  );
}

function StartWords({ start: { runId, task, poolId, count } }: { readonly start: Pick<Start, 'runId' | 'task' | 'poolId' | 'count'> }): ReactElement {
  return (
    <span className="start-words">
      {count > 1 && `${String(count)} × `}
      <strong><Plain text={task} /></strong> of <a href={runsAddress({ q: runId })} title="Find this run"><Plain text={runId} /></a> in <Plain text={poolId} />
    </span>
  );
}

function Instead({ starts, heuristic }: { readonly starts: readonly Start[]; readonly heuristic: string }): ReactElement {
  if (starts.length === 0) return <p className="instead muted"><Plain text={heuristic} /> would have started less.</p>;
  return (
    <div className="instead">
      <span className="muted"><Plain text={heuristic} /> would have started instead:</span>
      <ul>
        {starts.slice(0, shownAtFirst).map((start) => (
          <li key={keyOf(start)} title={start.reason}>
            <StartWords start={{ ...start, count: start.count - start.shared }} />
          </li>
        ))}
        {starts.length > shownAtFirst && <li className="muted">and {counted(starts.length - shownAtFirst, 'more start')}</li>}
      </ul>
    </div>
  );
}

const keyOf = ({ runId, task, poolId }: Start): string => JSON.stringify([runId, task, poolId]);
