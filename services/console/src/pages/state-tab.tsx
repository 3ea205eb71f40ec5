import { useEffect, useMemo, useState, type ReactElement } from 'react';
import { readState } from '../api/calls.js';
import { useRequest } from '../api/use-request.js';
import type { RunDetail, RunState, Task } from '../api/wire-shapes.js';
import { durationText, elapsedMs } from '../parts/duration.js';
import { Icon } from '../parts/icon.js';
import { instantText } from '../parts/instant.js';
import { Plain } from '../parts/plain.js';
import { ProblemNote } from '../parts/problem-note.js';
import { countText } from '../parts/quantity.js';
import { isUnderWay, standingOf, standings, type Standing } from '../parts/standing.js';
import { StandingGlyph, StandingMark } from '../parts/standing-mark.js';
import { WindowedRows } from '../parts/windowed-rows.js';
import { taskForest, walk } from '../trace/task-forest.js';
import { momentsOf, stepTo } from './state-moments.js';

interface StateTabProps {
  readonly run: RunDetail;
  readonly tasks: readonly Task[];
}

const pauseMs = 180;

/** The run as it stood at a moment that the reader chooses. */
export function StateTab({ run, tasks }: StateTabProps): ReactElement {
  const moments = useMemo(() => momentsOf(run, tasks), [run, tasks]);
  const firstMs = moments[0] ?? Date.parse(run.received_at ?? '');
  const lastMs = Math.max(isUnderWay(run) ? Date.now() : (moments.at(-1) ?? firstMs), firstMs + 1);
  const [atMs, setAtMs] = useState(() => Math.round((firstMs + lastMs) / 2));
  const settledMs = useSettled(atMs);
  const key = Number.isNaN(settledMs) ? null : `${run.run_id} ${String(settledMs)}`;
  const state = useRequest(key, (signal) => readState(run.run_id, new Date(settledMs).toISOString(), signal));
  const shown = useLast(state.value);
  if (Number.isNaN(firstMs)) return <div className="empty"><h2>No times are known of this run</h2></div>;
  return (
    <div className="state">
      <TimeSlider firstMs={firstMs} lastMs={lastMs} atMs={atMs} moments={moments} setAtMs={setAtMs} />
      {state.problem !== undefined && <ProblemNote problem={state.problem} retry={state.reload} />}
      {shown === undefined ? <div className="shimmer shimmer-tall" aria-busy="true" aria-label="Reading the state" /> : <Standings state={shown} isFresh={!state.isLoading} />}
    </div>
  );
}

interface TimeSliderProps {
  readonly firstMs: number;
  readonly lastMs: number;
  readonly atMs: number;
  readonly moments: readonly number[];
  readonly setAtMs: (atMs: number) => void;
}

const mostMarks = 400;

function TimeSlider({ firstMs, lastMs, atMs, moments, setAtMs }: TimeSliderProps): ReactElement {
  const before = stepTo(moments, atMs, -1);
  const after = stepTo(moments, atMs, 1);
  const marks = moments.filter((_, index) => index % Math.ceil(moments.length / mostMarks) === 0);
  return (
    <div className="time-slider">
      <div className="time-slider-head">
        <strong>{durationText(atMs - firstMs)} after the start</strong>
        <span className="muted">{instantText(atMs)}</span>
        <div className="button-group">
          <button type="button" disabled={before === null} onClick={() => { if (before !== null) setAtMs(before); }}>
            Previous change
          </button>
          <button type="button" disabled={after === null} onClick={() => { if (after !== null) setAtMs(after); }}>
            Next change
          </button>
        </div>
      </div>
      <input type="range" aria-label="Moment" aria-valuetext={instantText(atMs)} min={firstMs} max={lastMs} step={1} value={atMs} onChange={(event) => { setAtMs(Number(event.target.value)); }} />
      <div className="time-marks" aria-hidden="true">
        {marks.map((moment) => (
          <span key={moment} style={{ left: `${String(((moment - firstMs) / (lastMs - firstMs)) * 100)}%` }} />
        ))}
      </div>
    </div>
  );
}

const rowHeight = 34;

function Standings({ state, isFresh }: { readonly state: RunState; readonly isFresh: boolean }): ReactElement {
  const ordered = useMemo(() => [...walk(taskForest(state.tasks))].map(({ task }) => task), [state.tasks]);
  return (
    <div className={isFresh ? undefined : 'is-stale'}>
      <Tiles state={state} />
      <div className="columns">
        <section className="card">
          <h2>Tasks</h2>
          {ordered.length === 0 && <p className="muted">None was known yet.</p>}
          <WindowedRows count={ordered.length} rowHeight={rowHeight}>
            {(index) => <TaskLine key={index} task={ordered[index]} at={state.at} />}
          </WindowedRows>
        </section>
        <section className="card">
          <h2>Artifacts</h2>
          {state.artifacts.length === 0 && <p className="muted">Nothing was read or written yet.</p>}
          <ul className="plain-list">
            {state.artifacts.map((artifact) => (
              <li key={artifact.artifact_id} className="with-icon breakable">
                <Icon name={artifact.direction === 'input' ? 'read' : 'write'} label={artifact.direction === 'input' ? 'read' : 'wrote'} />
                <Plain text={artifact.uri ?? artifact.name ?? 'artifact'} />
              </li>
            ))}
          </ul>
        </section>
      </div>
    </div>
  );
}

function Tiles({ state }: { readonly state: RunState }): ReactElement {
  const counts = useMemo(() => countsOf(state.tasks), [state.tasks]);
  return (
    <div className="tiles">
      <div className="tile">
        <span className="over">Run</span>
        <StandingMark progress={state.run} />
      </div>
      {counts.map(([standing, count]) => (
        <div className="tile" key={standing}>
          <span className="over">{standings[standing].word}</span>
          <span className={`tile-count tone-${standings[standing].tone}`}>
            <StandingGlyph standing={standing} isSilent />
            {countText(count)}
          </span>
        </div>
      ))}
      <div className="tile">
        <span className="over">Events</span>
        <span className="tile-count">{countText(state.event_count)}</span>
      </div>
      <div className="tile">
        <span className="over">Artifacts</span>
        <span className="tile-count">{countText(state.artifacts.length)}</span>
      </div>
    </div>
  );
}

function TaskLine({ task, at }: { readonly task: Task | undefined; readonly at: string }): ReactElement | null {
  if (task === undefined) return null;
  return (
    <div className="task-line">
      <StandingMark progress={task} />
      <span className="name cut">
        <Plain text={task.name ?? task.external_id ?? task.task_id} />
      </span>
      <span className="muted">{durationText(elapsedMs(task.started_at, task.finished_at ?? at))}</span>
    </div>
  );
}

function countsOf(tasks: readonly Task[]): readonly (readonly [Standing, number])[] {
  const counts = new Map<Standing, number>();
  for (const task of tasks) counts.set(standingOf(task), (counts.get(standingOf(task)) ?? 0) + 1);
  return [...counts];
}

/** A value once it has not changed for a moment, so that sliding does not ask for every millisecond. */
function useSettled(value: number): number {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => {
      setSettled(value);
    }, pauseMs);
    return () => {
      clearTimeout(timer);
    };
  }, [value]);
  return settled;
}

/** The last value that was there: what is shown while the next one is on its way. */
function useLast<Value>(value: Value | undefined): Value | undefined {
  const [last, setLast] = useState(value);
  useEffect(() => {
    if (value !== undefined) setLast(value);
  }, [value]);
  return value ?? last;
}
