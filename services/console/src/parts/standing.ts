import type { Outcome, Progress } from '../api/wire-shapes.js';

/** Where something stands: how far it is or, once it is over, how it ended. */
export type Standing = Outcome | 'waiting' | 'queued' | 'running' | 'paused';

/** The colour family of a standing; never the only sign, for a word or a glyph goes with it. */
export type Tone = 'good' | 'bad' | 'warning' | 'active' | 'calm';

interface Description {
  readonly word: string;
  readonly tone: Tone;
}

export const standings: Readonly<Record<Standing, Description>> = {
  waiting: { word: 'Not started', tone: 'calm' },
  queued: { word: 'Queued', tone: 'calm' },
  running: { word: 'Running', tone: 'active' },
  paused: { word: 'Paused', tone: 'warning' },
  success: { word: 'Succeeded', tone: 'good' },
  failure: { word: 'Failed', tone: 'bad' },
  error: { word: 'Error', tone: 'bad' },
  timeout: { word: 'Timed out', tone: 'bad' },
  cancellation: { word: 'Cancelled', tone: 'warning' },
  skip: { word: 'Skipped', tone: 'calm' },
  unknown: { word: 'Finished', tone: 'calm' },
};

/** Where a run, task, attempt or execution event stands. Words that this page does not know count as unknown. */
export function standingOf({ status, outcome }: Progress): Standing {
  if (outcome !== null && (status === 'finished' || status === null)) return outcome in standings ? outcome : 'unknown';
  if (status === 'finished') return 'unknown';
  if (status === null) return 'waiting';
  return status in standings ? status : 'waiting';
}

/** Whether it ended badly: failure, error or timeout. */
export function hasFailed(progress: Progress): boolean {
  return standings[standingOf(progress)].tone === 'bad';
}

/** Whether it has begun and is not over. */
export function isUnderWay(progress: Progress): boolean {
  const standing = standingOf(progress);
  return standing === 'running' || standing === 'paused';
}
