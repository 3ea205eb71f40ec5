/** A stretch of time, in epoch milliseconds. */
export interface TimeSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Tick {
  /** Offset from the start of the run, in milliseconds. */
  readonly offsetMs: number;
  /** Position within the span, from 0 to 1. */
  readonly position: number;
}

/** The least span that holds all instants; null where none is known. */
export function spanOf(instants: Iterable<string | number | null>): TimeSpan | null {
  let fromMs = Infinity;
  let toMs = -Infinity;
  for (const instant of instants) {
    const atMs = typeof instant === 'number' ? instant : Date.parse(instant ?? '');
    if (Number.isNaN(atMs)) continue;
    if (atMs < fromMs) fromMs = atMs;
    if (atMs > toMs) toMs = atMs;
  }
  return toMs < fromMs ? null : { fromMs, toMs: Math.max(toMs, fromMs + 1) };
}

const seconds = 1000;
const stepsMs = [1, 2, 5, 10, 20, 50, 100, 200, 500]
  .concat([1, 2, 5, 10, 15, 30].map((count) => count * seconds))
  .concat([1, 2, 5, 10, 15, 30].map((count) => count * 60 * seconds))
  .concat([1, 2, 3, 6, 12].map((count) => count * 3600 * seconds));
const dayMs = 86_400 * seconds;

/**
 * Round marks on a time axis, counted from the start of the run.
 *
 * @param originMs the start of the run, where the axis says 0
 * @param atMost how many marks there is place for
 */
export function ticksOf({ fromMs, toMs }: TimeSpan, originMs: number, atMost: number): readonly Tick[] {
  const lengthMs = toMs - fromMs;
  const leastMs = lengthMs / Math.max(1, atMost);
  const stepMs = stepsMs.find((step) => step >= leastMs) ?? Math.ceil(leastMs / dayMs) * dayMs;
  const ticks: Tick[] = [];
  for (let offsetMs = Math.ceil((fromMs - originMs) / stepMs) * stepMs; offsetMs <= toMs - originMs; offsetMs += stepMs) {
    ticks.push({ offsetMs, position: (originMs + offsetMs - fromMs) / lengthMs });
  }
  return ticks;
}

const tickUnits = [
  [dayMs, 'd'],
  [3600 * seconds, 'h'],
  [60 * seconds, 'min'],
  [seconds, 's'],
  [1, 'ms'],
] as const;

/** A mark of the axis in words: '0', '500 ms', '1.5 s', '2 min 30 s', '1 d 6 h'. */
export function tickText(offsetMs: number): string {
  if (offsetMs < 0) return `−${tickText(-offsetMs)}`;
  if (offsetMs < 60 * seconds) return offsetMs >= seconds ? `${String(offsetMs / seconds)} s` : offsetMs === 0 ? '0' : `${String(offsetMs)} ms`;
  let restMs = offsetMs;
  const parts: string[] = [];
  for (const [unitMs, unit] of tickUnits) {
    const count = Math.floor(restMs / unitMs);
    restMs -= count * unitMs;
    if (count > 0) parts.push(`${String(count)} ${unit}`);
  }
  return parts.slice(0, 2).join(' ');
}

export interface Extent {
  /** Left edge and width as shares of the span, from 0 to 1. */
  readonly left: number;
  readonly width: number;
}

/** Where a stretch of time lies within a span; null where it lies outside. */
export function extentOf(stretch: TimeSpan, span: TimeSpan): Extent | null {
  const lengthMs = span.toMs - span.fromMs;
  const left = Math.max(0, (stretch.fromMs - span.fromMs) / lengthMs);
  const right = Math.min(1, (stretch.toMs - span.fromMs) / lengthMs);
  return right < left || left > 1 || right < 0 ? null : { left, width: right - left };
}

const leastSpanMs = 5;

/**
 * The span after a step of zooming, kept within the whole.
 *
 * @param factor below 1 shows less time, above 1 more
 * @param focus the position that stays where it is, from 0 to 1
 */
export function zoomed(span: TimeSpan, whole: TimeSpan, factor: number, focus: number): TimeSpan {
  const wholeMs = whole.toMs - whole.fromMs;
  const lengthMs = Math.min(wholeMs, Math.max(leastSpanMs, (span.toMs - span.fromMs) * factor));
  const focusMs = span.fromMs + (span.toMs - span.fromMs) * focus;
  const fromMs = Math.min(Math.max(whole.fromMs, focusMs - lengthMs * focus), whole.toMs - lengthMs);
  return { fromMs, toMs: fromMs + lengthMs };
}
