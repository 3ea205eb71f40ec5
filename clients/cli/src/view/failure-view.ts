import type { ExecutionEvent, FailureAnswer, Task } from '../api-shapes.js';
import { glyph } from './progress-glyph.js';
import { manyLines, oneLine, type Style } from './style.js';
import { showDuration, showTimeOfDay } from './time.js';

const SHOWN_LOG_LINES = 30;

/** Says what failed, what came before it, and what it wrote last. */
export function tellFailure(failure: FailureAnswer, style: Style, width: number): string[] {
  const { task, error, upstream, events, log_tail: log, summary } = failure;
  const lines = [style.bad(oneLine(summary, 500)), ''];
  if (task !== null) lines.push(`task      ${taskLine(task, style)}`);
  if (error !== null) lines.push(`error     ${[error.type, error.exit_code === null ? '' : `exit code ${error.exit_code}`].filter(Boolean).join(', ')}`);
  if (error?.message) lines.push(...manyLines(error.message).map((line) => `          ${line}`));
  lines.push(...section('before it', upstream.map((each) => taskLine(each, style))));
  lines.push(...section('events', events.map((event) => eventLine(event, style, width))));
  const tail = log.flatMap(manyLines).filter((line) => line.trim() !== '').slice(-SHOWN_LOG_LINES);
  return [...lines, ...section('output', tail)];
}

function section(name: string, entries: readonly string[]): string[] {
  return entries.map((entry, index) => `${(index === 0 ? name : '').padEnd(10)}${entry}`);
}

function taskLine(task: Task, style: Style): string {
  const attempt = task.attempt > 1 ? `  attempt ${task.attempt}` : '';
  return `${glyph(task, style)} ${oneLine(task.name ?? task.external_id, 80)}  ${style.faint(`${showDuration(task.duration_ms)}${attempt}`)}`.trimEnd();
}

function eventLine(event: ExecutionEvent, style: Style, width: number): string {
  const label = [event.kind, event.name, event.actor].filter(Boolean).join(' ');
  const said = event.error?.message ?? event.output ?? '';
  return `${glyph(event, style)} ${style.faint(showTimeOfDay(event.started_at))} ${oneLine(label, 60)}  ${oneLine(said, Math.max(20, width - 60))}`.trimEnd();
}
