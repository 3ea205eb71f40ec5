import { memo, useEffect, type ReactElement, type ReactNode } from 'react';
import { TaskMark } from '../anomalies/severity-mark.js';
import type { Anomaly } from '../api/anomaly-shapes.js';
import { durationText, elapsedMs } from '../parts/duration.js';
import { Icon } from '../parts/icon.js';
import { Plain } from '../parts/plain.js';
import { bytesText, counted, shortDigest } from '../parts/quantity.js';
import { hasFailed, standingOf } from '../parts/standing.js';
import { StandingGlyph } from '../parts/standing-mark.js';
import { BarStrip } from './bar-strip.js';
import { eventWords } from './event-words.js';
import { eventBars, taskBars } from './task-bars.js';
import type { TimeSpan } from './time-axis.js';
import type { TraceRow } from './trace-rows.js';

export interface RowActions {
  readonly toggle: (key: string, isOpen: boolean) => void;
  readonly select: (key: string) => void;
  readonly ensure: (key: string) => void;
  readonly loadMore: (key: string) => void;
}

interface TraceRowProps {
  readonly row: TraceRow;
  readonly index: number;
  readonly span: TimeSpan;
  readonly nowMs: number;
  readonly isSelected: boolean;
  readonly isCritical: boolean;
  /** What is not as usual about the task of the row. */
  readonly anomalies: readonly Anomaly[] | undefined;
  readonly actions: RowActions;
}

type RowOf<Kind extends TraceRow['kind']> = Extract<TraceRow, { readonly kind: Kind }>;

/** One row of the waterfall: what it is on the left, when it was on the right. */
export const TraceRowView = memo(function TraceRowView({ row, index, span, nowMs, isSelected, isCritical, anomalies, actions }: TraceRowProps): ReactElement {
  const needsInside = row.kind === 'outside' || (row.kind === 'task' && row.node.task.event_count + row.node.task.artifact_count > 0);
  const isOpen = 'isOpen' in row && row.isOpen;
  useEffect(() => {
    if (isOpen && needsInside) actions.ensure(row.key);
  }, [isOpen, needsInside, row.key, actions]);
  return (
    <div
      id={`trace-row-${String(index)}`}
      role="row"
      aria-level={row.depth + 1}
      aria-rowindex={index + 1}
      aria-expanded={canOpen(row) ? isOpen : undefined}
      aria-selected={isSelected}
      className={`trace-row trace-${row.kind}${isSelected ? ' is-selected' : ''}${isCritical ? ' is-critical' : ''}`}
      onClick={() => {
        if (row.kind === 'more') actions.loadMore(row.branchKey);
        else if (row.kind === 'outside') actions.toggle(row.key, !row.isOpen);
        else if (row.kind !== 'note') actions.select(row.key);
      }}
    >
      <div role="gridcell" className="trace-name" style={{ paddingInlineStart: 8 + Math.min(row.depth, 14) * 18 }}>
        <Chevron row={row} actions={actions} />
        <RowName row={row} isCritical={isCritical} anomalies={anomalies} actions={actions} />
      </div>
      <div role="gridcell" className="trace-time">
        <RowBars row={row} span={span} nowMs={nowMs} />
      </div>
    </div>
  );
});

export const canOpen = (row: TraceRow): boolean => row.kind === 'outside' || ((row.kind === 'task' || row.kind === 'event') && row.canOpen);

function Chevron({ row, actions }: { readonly row: TraceRow; readonly actions: RowActions }): ReactElement {
  if (!canOpen(row) || !('isOpen' in row)) return <span className="chevron" />;
  return (
    <button
      type="button"
      className={`chevron${row.isOpen ? ' is-open' : ''}`}
      tabIndex={-1}
      aria-label={row.isOpen ? 'Close' : 'Open'}
      onClick={(event) => {
        event.stopPropagation();
        actions.toggle(row.key, !row.isOpen);
      }}
    >
      <Icon name="chevron" />
    </button>
  );
}

function RowName({ row, isCritical, anomalies, actions }: Pick<TraceRowProps, 'row' | 'isCritical' | 'anomalies' | 'actions'>): ReactNode {
  if (row.kind === 'task') return <TaskName row={row} isCritical={isCritical} anomalies={anomalies ?? []} />;
  if (row.kind === 'event') return <EventName row={row} />;
  if (row.kind === 'artifact') return <ArtifactName row={row} />;
  if (row.kind === 'outside') return <span className="muted">Outside the tasks{row.total === null ? '' : `: ${counted(row.total, 'event')}`}</span>;
  if (row.kind === 'more') return <span className="more-link">{row.remaining > 0 ? `Show more: ${counted(row.remaining, 'event')} to come` : 'Show more'}</span>;
  if (!row.isProblem) return <span className="muted">{row.text}</span>;
  return (
    <span className="bad-text">
      {row.text}{' '}
      <button type="button" className="quiet" onClick={() => { actions.loadMore(row.branchKey); }}>
        Try again
      </button>
    </span>
  );
}

function TaskName({ row, isCritical, anomalies }: { readonly row: RowOf<'task'>; readonly isCritical: boolean; readonly anomalies: readonly Anomaly[] }): ReactElement {
  const { task } = row.node;
  return (
    <>
      <StandingGlyph standing={standingOf(task)} />
      <span className="name cut">
        <Plain text={task.name ?? task.external_id ?? task.task_id} />
      </span>
      <TaskMark anomalies={anomalies} />
      {task.attempts.length > 1 && (
        <span className="attempt" title={counted(task.attempts.length, 'attempt')}>
          <Icon name="repeat" />
          {task.attempts.length}
        </span>
      )}
      {isCritical && (
        <span className="critical" title="On the critical path: the run would have been shorter had this been">
          <Icon name="flame" label="critical" />
        </span>
      )}
      {task.kind !== null && (
        <span className="kind">
          <Plain text={task.kind} />
        </span>
      )}
      {task.event_count > 0 && <span className="inside">{counted(task.event_count, 'event')}</span>}
    </>
  );
}

function EventName({ row }: { readonly row: RowOf<'event'> }): ReactElement {
  const { event } = row;
  const { kind, icon, title, facts, preview, fault, isBad } = eventWords(event);
  return (
    <>
      <span className={`event-kind event-kind-${event.kind ?? 'none'}${isBad ? ' tone-bad' : ''}`} title={kind}>
        <Icon name={icon} label={kind} />
      </span>
      <span className="name cut">
        <Plain text={title} />
      </span>
      {hasFailed(event) && <StandingGlyph standing={standingOf(event)} />}
      {facts.length > 0 && (
        <span className="fact">
          <Plain text={facts.join(' · ')} />
        </span>
      )}
      <span className={`preview cut${fault === null ? '' : ' bad-text'}`}>
        <Plain text={fault ?? preview ?? ''} />
      </span>
    </>
  );
}

function ArtifactName({ row }: { readonly row: RowOf<'artifact'> }): ReactElement {
  const { artifact } = row;
  const address = artifact.uri ?? artifact.name ?? 'artifact';
  return (
    <>
      <span className="event-kind event-kind-artifact" title={artifact.direction === 'input' ? 'Read' : 'Written'}>
        <Icon name={artifact.direction === 'input' ? 'read' : 'write'} label={artifact.direction === 'input' ? 'read' : 'wrote'} />
      </span>
      <span className="name cut cut-start" title={address}>
        <Plain text={address} />
      </span>
      <span className="fact">{[artifact.size_bytes === null ? null : bytesText(artifact.size_bytes), artifact.digest === null ? null : shortDigest(artifact.digest)].filter((part) => part !== null).join(' · ')}</span>
    </>
  );
}

function RowBars({ row, span, nowMs }: { readonly row: TraceRow; readonly span: TimeSpan; readonly nowMs: number }): ReactNode {
  if (row.kind === 'task') {
    const { task } = row.node;
    const bars = taskBars(task, nowMs);
    const tookMs = task.duration_ms ?? elapsedMs(task.started_at, task.finished_at) ?? lengthOf(bars);
    return <BarStrip bars={bars} span={span} label={tookMs === null ? '' : durationText(tookMs)} />;
  }
  if (row.kind === 'event') {
    const bars = eventBars(row.event, nowMs);
    const tookMs = row.event.duration_ms ?? lengthOf(bars);
    return <BarStrip bars={bars} span={span} isThin label={tookMs === null || tookMs === 0 ? '' : durationText(tookMs)} />;
  }
  if (row.kind !== 'artifact' || row.artifact.occurred_at === null) return null;
  const atMs = Date.parse(row.artifact.occurred_at);
  return <BarStrip bars={[{ kind: 'work', standing: 'unknown', attempt: 1, fromMs: atMs, toMs: atMs }]} span={span} isThin label="" />;
}

function lengthOf(bars: readonly TimeSpan[]): number | null {
  const last = bars.at(-1);
  return last === undefined ? null : last.toMs - last.fromMs;
}
