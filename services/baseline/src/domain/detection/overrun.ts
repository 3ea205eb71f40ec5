import type { Level, Observation } from '@orrery/contracts';
import { sketchQuantile } from '@orrery/stats';
import { durationText } from '../wording.js';
import type { Finding } from './finding.js';
import { nameOf, onObservation, subjectOf, type LevelState } from './judge-context.js';
import { baselineFor } from './metric-judgement.js';

export interface DueTime {
  /** From here on it is overdue. */
  readonly dueAtMs: number;
  readonly p99Ms: number;
  readonly baselineKeyId: string;
  readonly level: Level;
}

const leastValues = 20;

// The p99 of a few dozen values is their maximum: one run in fifty passes it without being stuck.
const roomOverP99 = 1.25;
const leastRoomMs = 10_000;

/** When something that started then is overdue: a quarter beyond the p99 of its finest baseline; null with fewer than 20 durations. */
export function dueAt(levels: readonly LevelState[], startedAtMs: number): DueTime | null {
  const baseline = baselineFor(levels, 'duration', leastValues);
  if (baseline === null || !Number.isFinite(startedAtMs)) return null;
  const p99Ms = sketchQuantile(baseline.scale.sketch, 0.99);
  return { dueAtMs: startedAtMs + Math.max(p99Ms * roomOverP99, p99Ms + leastRoomMs), p99Ms, baselineKeyId: baseline.level.keyId, level: baseline.level.level };
}

export interface Overdue {
  /** The start of what still runs. */
  readonly observation: Observation;
  readonly levels: readonly LevelState[];
  readonly due: DueTime;
  readonly nowMs: number;
}

/** That it still runs although it should have ended, or null when it is not overdue yet. */
export function overrun({ observation, levels, due, nowMs }: Overdue): Finding | null {
  const subject = subjectOf(levels);
  const baseline = levels.find(({ keyId }) => keyId === due.baselineKeyId) ?? null;
  const startedAtMs = observation.startedAtMs ?? observation.observedAtMs;
  if (subject === undefined || nowMs < due.dueAtMs) return null;
  const name = nameOf(subject.key);
  const runningMs = nowMs - startedAtMs;
  return {
    ...onObservation(observation, subject, baseline),
    ...{ type: 'overrun', severity: runningMs > 3 * due.p99Ms ? 'critical' : 'warning', cause: 'overrun', metric: 'duration_ms', unit: 'ms' },
    title: `${name}: still running`,
    text: `${name} has been running for ${durationText(runningMs)}; 99 of 100 times it has ended after ${durationText(due.p99Ms)}`,
    ...{ expected: due.p99Ms, actual: runningMs, deviation: due.p99Ms > 0 ? runningMs / due.p99Ms : null },
    detectedAtMs: nowMs,
  };
}
