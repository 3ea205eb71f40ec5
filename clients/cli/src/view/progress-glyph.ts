import type { Outcome, Status } from '../api-shapes.js';
import type { Style } from './style.js';

interface Standing {
  readonly status: Status | null;
  readonly outcome: Outcome | null;
}

const GLYPHS: Readonly<Record<Outcome, string>> = { success: '✓', failure: '✗', error: '✗', timeout: '⏱', cancellation: '⊘', skip: '↷', unknown: '?' };

/** One sign for where something stands, in its colour. */
export function glyph({ status, outcome }: Standing, style: Style): string {
  if (outcome !== null) return paint(outcome, style)(GLYPHS[outcome] ?? '?');
  if (status === 'running') return style.busy('●');
  if (status === 'queued') return style.faint('○');
  if (status === 'paused') return style.faint('‖');
  return style.faint('·');
}

/** The word for where something stands, in its colour. */
export function standing({ status, outcome }: Standing, style: Style): string {
  if (outcome !== null) return paint(outcome, style)(outcome);
  return status === 'running' ? style.busy(status) : style.faint(status ?? 'unknown');
}

function paint(outcome: Outcome, style: Style): (text: string) => string {
  if (outcome === 'success') return style.good;
  if (outcome === 'failure' || outcome === 'error' || outcome === 'timeout') return style.bad;
  return outcome === 'cancellation' ? style.busy : style.faint;
}
