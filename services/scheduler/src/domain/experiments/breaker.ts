/** Whether a learned policy may decide: `closed` lets it, `open` does not, `half-open` lets it and looks closely. */
export type BreakerPhase = 'closed' | 'open' | 'half-open';

export interface BreakerSettings {
  /** Completion times above the twin's by more than this share make a bad window. @default 0.1 */
  readonly worseBy: number;
  /** So many bad windows in a row open it. @default 3 */
  readonly strikes: number;
  /** How long it stays open the first time, ms; twice as long each time that it opens again from half-open. */
  readonly coolDownMs: number;
  /** It never stays open longer, ms. */
  readonly longestCoolDownMs: number;
}

export const breakerSettings: BreakerSettings = { worseBy: 0.1, strikes: 3, coolDownMs: 3_600_000, longestCoolDownMs: 86_400_000 };

/** Runs that arrived one after the other, as they really went and as their twins did in the simulation. */
export interface ReplayedWindow {
  readonly endedMs: number;
  /** Who decided for the runs that the means are over. */
  readonly decidedBy: 'learned' | 'heuristic';
  readonly runCount: number;
  readonly actualMeanMs: number;
  /** What the same runs would have taken under the heuristic. */
  readonly twinMeanMs: number;
}

export interface BreakerState {
  readonly phase: BreakerPhase;
  /** Bad windows in a row. */
  readonly strikes: number;
  /** When it opened last. */
  readonly openedMs: number;
  /** How long it stays open, ms. */
  readonly coolDownMs: number;
  /** What real runs take longer than simulated ones when the heuristic decides both; at least 1. */
  readonly overhead: number;
  /** Windows that it was learned from. */
  readonly overheadWindows: number;
  readonly words: string;
}

export const closedBreaker: BreakerState = { phase: 'closed', strikes: 0, openedMs: 0, coolDownMs: 0, overhead: 1, overheadWindows: 0, words: '' };

/** Least weight of the newest window in the overhead; the first few weigh more, as if one without any overhead had come before them. */
const overheadWeight = 0.2;

/** Lets an open breaker become half-open when it has cooled down. */
export function coolDown(state: BreakerState, nowMs: number): BreakerState {
  if (state.phase !== 'open' || nowMs - state.openedMs < state.coolDownMs) return state;
  return { ...state, phase: 'half-open', strikes: 0, words: `on probation after ${minutes(state.coolDownMs)} under the heuristic: ${state.words}` };
}

/**
 * Takes a window into account. A closed breaker opens after several bad windows in a row; one on probation opens again at the first, and closes at the
 * first good one; an open one waits for its time.
 */
export function afterWindow(state: BreakerState, window: ReplayedWindow, settings: BreakerSettings = breakerSettings): BreakerState {
  const now = coolDown(state, window.endedMs);
  const ratio = window.actualMeanMs / window.twinMeanMs;
  if (!Number.isFinite(ratio) || ratio <= 0) return now;
  if (window.decidedBy === 'heuristic') return withOverhead(now, ratio);
  if (now.phase === 'open') return now;
  const excess = ratio / now.overhead - 1;
  if (excess <= settings.worseBy) return { ...now, phase: 'closed', strikes: 0, coolDownMs: 0, words: '' };
  const strikes = now.strikes + 1;
  const isEnough = now.phase === 'half-open' || strikes >= settings.strikes;
  if (!isEnough) return { ...now, strikes, words: '' };
  const coolDownMs = Math.min(settings.longestCoolDownMs, now.coolDownMs === 0 ? settings.coolDownMs : now.coolDownMs * 2);
  return { ...now, phase: 'open', strikes: 0, openedMs: window.endedMs, coolDownMs, words: why(window, excess, now.phase === 'half-open' ? 0 : strikes) };
}

/** Why a learned policy must not decide at that moment; undefined when it may. */
export function openReason(state: BreakerState, nowMs: number): string | undefined {
  return coolDown(state, nowMs).phase === 'open' ? state.words : undefined;
}

function withOverhead(state: BreakerState, ratio: number): BreakerState {
  const overheadWindows = state.overheadWindows + 1;
  const weight = Math.max(overheadWeight, 1 / (overheadWindows + 1));
  return { ...state, overheadWindows, overhead: Math.max(1, state.overhead + weight * (ratio - state.overhead)) };
}

function why({ runCount, actualMeanMs, twinMeanMs }: ReplayedWindow, excess: number, strikes: number): string {
  const span = strikes === 0 ? 'again, on probation' : `in ${strikes} windows in a row`;
  return `runs took ${Math.round(excess * 100)} % longer than the heuristic's simulated twin ${span} (last ${runCount} runs: ${seconds(actualMeanMs)} against ${seconds(twinMeanMs)})`;
}

function seconds(durationMs: number): string {
  return `${Number((durationMs / 1000).toPrecision(3))} s`;
}

function minutes(durationMs: number): string {
  return `${Math.round(durationMs / 60_000)} min`;
}
