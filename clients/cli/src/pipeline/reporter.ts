import type { Terminal } from '../terminal.js';
import { glyph } from '../view/progress-glyph.js';
import { counted, manyLines, oneLine } from '../view/style.js';
import { showBytes, showDuration } from '../view/time.js';
import type { FinishedEvent, PipelineEvent, TaskCounts, TaskEndedEvent } from './pipeline-event.js';
import { showMemory } from './quantity.js';
import { readTail } from './task-process.js';

export type ShownOutput = 'failed' | 'all' | 'none';

export interface ReporterOptions {
  readonly isJson: boolean;
  readonly output: ShownOutput;
  /** Several runs are told of at once: every line names its run, and no line moves. */
  readonly isOfMany?: boolean;
}

interface Running {
  readonly task: string;
  readonly startedAtMs: number;
}

const REDRAW_MS = 200;
const SHOWN_LINES = 30;

/** Tells how a run goes: JSON lines, or a line for each event, with a line that moves where a person watches. */
export class Reporter {
  private counts: TaskCounts | undefined;
  private readonly running = new Map<number, Running>();
  private isShown = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly terminal: Terminal,
    private readonly options: ReporterOptions,
  ) {}

  tell(event: PipelineEvent): void {
    if (this.options.isJson) {
      this.terminal.jsonLine(event);
      return;
    }
    this.follow(event);
    const lines = this.linesOf(event);
    if (lines.length > 0) this.clear();
    const name = this.options.isOfMany && 'run' in event ? `${event.run.slice(0, 8)}  ` : '';
    for (const line of lines) {
      if (event.event === 'remark') this.terminal.remark(line);
      else this.terminal.line(`${name}${line}`);
    }
    if (event.event === 'finished') clearInterval(this.timer);
    else this.draw();
  }

  private get isWatched(): boolean {
    return this.terminal.isWatched && !this.options.isOfMany;
  }

  private follow(event: PipelineEvent): void {
    if (event.event === 'began') {
      this.counts = event.tasks;
      if (this.isWatched) this.timer = setInterval(() => this.draw(), REDRAW_MS).unref();
    } else if (event.event === 'started') {
      this.running.set(event.slot, { task: event.task, startedAtMs: event.at_ms });
      this.count({ waiting: -1, running: 1 });
    } else if (event.event === 'ended') {
      for (const [slot, { task }] of this.running) if (task === event.task) this.running.delete(slot);
      this.count({ running: -1, ...placeOf(event) });
    } else if (event.event === 'skipped') this.count({ waiting: -event.tasks.length, skipped: event.tasks.length });
  }

  private count(changes: Partial<TaskCounts>): void {
    if (this.counts === undefined) return;
    const counts: Record<string, number> = { ...this.counts };
    for (const [name, change] of Object.entries(changes)) counts[name] = (counts[name] ?? 0) + change;
    this.counts = counts as unknown as TaskCounts;
  }

  private linesOf(event: PipelineEvent): string[] {
    const { style } = this.terminal;
    switch (event.event) {
      case 'began': {
        const done = event.tasks.succeeded === 0 ? '' : `, ${event.tasks.succeeded} of them done before`;
        const where = event.worker === null ? counted(event.slots, 'slot') : `worker ${event.worker}, ${counted(event.slots, 'slot')}`;
        return [`${style.strong(event.workflow)}  run ${event.run}${event.attempt > 1 ? ` (attempt ${event.attempt})` : ''}: ${counted(event.tasks.total, 'task')}${done}, ${where}`];
      }
      case 'started':
        return this.isWatched ? [] : [`${glyph({ status: 'running', outcome: null }, style)} ${event.task}${nth(event.attempt)} ${style.faint(`slot ${event.slot + 1}${event.reason === null ? '' : `, ${oneLine(event.reason, 160)}`}`)}`];
      case 'ended':
        return [this.endLine(event), ...this.outputOf(event)];
      case 'skipped':
        return [`${glyph({ status: null, outcome: 'skip' }, style)} ${style.faint(`${oneLine(event.tasks.join(', '), 200)}: skipped, ${event.because} failed`)}`];
      case 'remark':
        return [`orrery: ${event.text}`];
      case 'finished':
        return finishLines(event, (text) => style.strong(text));
    }
  }

  private endLine({ task, attempt, outcome, error, wall_ms: wallMs, peak_memory_bytes: peak, retry }: TaskEndedEvent): string {
    const { style } = this.terminal;
    const facts = [showDuration(wallMs), showBytes(peak)].filter(Boolean).join(', ');
    const why = error === null ? '' : `: ${oneLine(error, 300)}`;
    const again = retry === null ? '' : style.busy(` -> again${retry.in_ms > 0 ? ` in ${showDuration(retry.in_ms)}` : ''}${retry.memory_bytes === null ? '' : ` with ${showMemory(retry.memory_bytes)}`}`);
    return `${glyph({ status: 'finished', outcome }, style)} ${task}${nth(attempt)} ${style.faint(facts)}${why}${again}`;
  }

  private outputOf({ outcome, log }: TaskEndedEvent): string[] {
    const isWanted = this.options.output === 'all' || (this.options.output === 'failed' && outcome !== 'success' && outcome !== 'cancellation');
    if (!isWanted) return [];
    const { text, isCut } = readTail(log);
    const lines = manyLines(text).filter((line, index, all) => line !== '' || index < all.length - 1);
    const shown = lines.slice(-SHOWN_LINES);
    const more = isCut || shown.length < lines.length ? [`  … the rest is in ${log}`] : [];
    return [...more, ...shown.map((line) => `  | ${line}`)].map((line) => this.terminal.style.faint(line));
  }

  private draw(): void {
    if (!this.isWatched || this.counts === undefined) return;
    const { total, succeeded, failed, skipped, cancelled, waiting } = this.counts;
    const slots = [...this.running].sort(([a], [b]) => a - b).map(([slot, { task, startedAtMs }]) => `${slot + 1}:${task} ${showDuration(Date.now() - startedAtMs)}`);
    const text = `${total - waiting - this.running.size}/${total}${failed + skipped + cancelled > 0 ? ` (${succeeded} well)` : ''}  ${slots.join('  ')}${waiting > 0 ? `  ${waiting} to come` : ''}`;
    this.isShown = true;
    this.terminal.rewrite(oneLine(text, this.terminal.remarkWidth - 1));
  }

  private clear(): void {
    if (this.isShown) this.terminal.rewrite('');
    this.isShown = false;
  }
}

/** Where a task stands after the end of an attempt. */
function placeOf({ retry, outcome }: TaskEndedEvent): Partial<TaskCounts> {
  if (retry !== null) return { waiting: 1 };
  if (outcome === 'success') return { succeeded: 1 };
  return outcome === 'cancellation' ? { cancelled: 1 } : { failed: 1 };
}

function nth(attempt: number): string {
  return attempt === 1 ? '' : ` (attempt ${attempt})`;
}

function finishLines({ workflow, run, outcome, wall_ms: wallMs, tasks }: FinishedEvent, strong: (text: string) => string): string[] {
  const words: readonly (readonly [number, string])[] = [
    [tasks.succeeded, 'succeeded'],
    [tasks.failed, 'failed'],
    [tasks.skipped, 'skipped'],
    [tasks.cancelled + tasks.waiting + tasks.running, 'not done'],
  ];
  const counts = words.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  const head = `${strong(`${workflow}: ${outcome ?? 'put down'}`)} in ${showDuration(wallMs)}, ${counts.join(', ')}`;
  return outcome === 'success' ? [head] : [head, `what is left: orrery run --resume ${run}`];
}
