import type { Severity } from '../anomaly-shapes.js';
import type { Style } from './style.js';

const MARKS: Readonly<Record<Severity, string>> = { critical: '‼', warning: '!', info: 'i' };

/** One sign for how bad an anomaly is, in its colour; the signs differ without colour, too. */
export function severityMark(severity: Severity, style: Style): string {
  return paintOf(severity, style)(MARKS[severity] ?? '?');
}

/** The word for how bad an anomaly is, in its colour. */
export function severityWord(severity: Severity, style: Style): string {
  return paintOf(severity, style)(severity);
}

function paintOf(severity: Severity, style: Style): Style['bad'] {
  if (severity === 'critical') return style.bad;
  return severity === 'warning' ? style.busy : style.faint;
}
