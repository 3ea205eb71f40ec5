import { workflowId, type Observation, type WorkloadKey } from '@orrery/contracts';
import { OrreryError } from '@orrery/errors';
import { ByteReader, ByteWriter, median, medianAbsoluteDeviation } from '@orrery/stats';
import type { Finding } from './detection/finding.js';
import { isoMinute } from './wording.js';

/** When a workflow starts: its last starts. */
export interface CadenceState {
  /** Starts that count, ascending. At most 32. */
  readonly startsMs: readonly number[];
  /** A scheduler starts it: starts by people and by commits do not count. */
  readonly isScheduled: boolean;
}

export interface NextStart {
  readonly expectedAtMs: number;
  readonly graceMs: number;
  /** expected + grace: from here on it is missing. */
  readonly dueAtMs: number;
}

const maxStarts = 32;
const dayMs = 24 * 3_600_000;
const leastStarts = 6;
const leastGraceMs = 5 * 60_000;

/** The cadence after one more start. Once a scheduler was seen, only what it starts counts. */
export function learnCadence(state: CadenceState | null, observation: Observation): CadenceState {
  const known = state ?? { startsMs: [], isScheduled: false };
  const startedAtMs = observation.startedAtMs ?? observation.observedAtMs;
  const byScheduler = /schedul|cron|timer/i.test(observation.trigger);
  if (observation.kind !== 'started' || observation.attempt > 1 || (known.isScheduled && !byScheduler)) return known;
  const before = byScheduler && !known.isScheduled ? [] : known.startsMs;
  const startsMs = [...before, startedAtMs].sort((left, right) => left - right).slice(-maxStarts);
  return { startsMs, isScheduled: known.isScheduled || byScheduler };
}

/** When the next start is expected, or null while no rhythm shows: even intervals, or the same time of day on the same weekdays. */
export function nextDueAt({ startsMs }: CadenceState): NextStart | null {
  const latest = startsMs.at(-1);
  if (latest === undefined || startsMs.length < leastStarts) return null;
  return evenInterval(startsMs, latest) ?? timeOfDay(startsMs, latest);
}

function evenInterval(startsMs: readonly number[], latest: number): NextStart | null {
  const intervals = startsMs.slice(1).map((atMs, index) => atMs - (startsMs[index] ?? atMs));
  const interval = median(intervals);
  const deviation = medianAbsoluteDeviation(intervals);
  const isEven = interval > 0 && deviation <= 0.1 * interval && intervals.filter((each) => Math.abs(each - interval) <= 0.25 * interval).length >= 0.9 * intervals.length;
  return isEven ? expected(latest + interval, Math.max(leastGraceMs, 0.2 * interval, 5 * deviation)) : null;
}

/** Daily or on certain weekdays: the times of day agree, and each weekday that counts was seen in most weeks. */
function timeOfDay(startsMs: readonly number[], latest: number): NextStart | null {
  // Around the first start's own time of day, so that a rhythm at midnight is not torn in two.
  const reference = startsMs[0] ?? latest;
  const offsets = startsMs.map((atMs) => offsetFromPhase(atMs - reference));
  const usual = median(offsets);
  const deviation = medianAbsoluteDeviation(offsets);
  if (deviation > 30 * 60_000 || offsets.filter((each) => Math.abs(each - usual) <= 2 * 3_600_000).length < 0.9 * offsets.length) return null;
  const dayOf = (atMs: number) => Math.round((atMs - reference - usual) / dayMs);
  const days = startsMs.map(dayOf);
  const firstDay = days[0] ?? 0;
  const lastDay = dayOf(latest);
  for (let day = lastDay + 1; day <= lastDay + 7; day++) {
    // The same weekday in the weeks before, as far as the starts go back.
    const weeksBefore = Array.from({ length: Math.floor((day - firstDay) / 7) }, (_, week) => day - 7 * (week + 1));
    const seen = weeksBefore.filter((each) => days.includes(each)).length;
    if (weeksBefore.length >= 2 && seen >= 0.75 * weeksBefore.length) return expected(reference + usual + day * dayMs, Math.max(30 * 60_000, 5 * deviation));
  }
  return null;
}

/** Distance to the nearest whole day, -12 h to 12 h. */
function offsetFromPhase(ms: number): number {
  return ms - Math.round(ms / dayMs) * dayMs;
}

function expected(expectedAtMs: number, graceMs: number): NextStart {
  return { expectedAtMs, graceMs, dueAtMs: expectedAtMs + graceMs };
}

export interface MissedStartInput {
  readonly cadence: CadenceState;
  readonly workflow: Pick<WorkloadKey, 'tenantId' | 'engine' | 'namespace' | 'workflow'>;
  /** The latest run that did start; evidence. */
  readonly lastRunId: string;
  readonly nowMs: number;
}

/** That a workflow did not start when it should have, or null when nothing is missing (yet). Normal again: its next start. */
export function missedStart({ cadence, workflow, lastRunId, nowMs }: MissedStartInput): Finding | null {
  const next = nextDueAt(cadence);
  if (next === null || nowMs < next.dueAtMs) return null;
  const { tenantId, engine, namespace } = workflow;
  const subjectKeyId = workflowId(workflow);
  const name = workflow.workflow || 'the workflow';
  const latest = cadence.startsMs.at(-1) ?? next.expectedAtMs;
  return {
    ...{ type: 'missed_start', severity: 'warning', cause: 'missed_start', subjectKeyId, baselineKeyId: null, level: null },
    subject: { tenantId, subject: 'run', engine, namespace, workflow: workflow.workflow, task: '', image: '', commandHash: '', executorClass: '' },
    title: `${name}: did not start`,
    text: `${name} should have started at ${isoMinute(next.expectedAtMs, nowMs)}; it last started at ${isoMinute(latest, nowMs)}`,
    ...{ expected: next.expectedAtMs, actual: null, deviation: null, metric: 'started_at_ms', unit: 'ms' },
    // One missing start is one observation, however often the clock looks.
    observationId: `${subjectKeyId}:${next.expectedAtMs}`,
    ...{ runId: lastRunId, taskId: '', evidence: lastRunId === '' ? [] : [lastRunId], sinceMs: next.expectedAtMs, detectedAtMs: nowMs },
  };
}

const version = 1;

export function encodeCadence({ startsMs, isScheduled }: CadenceState): Uint8Array {
  const writer = new ByteWriter().unsigned(version).unsigned(isScheduled ? 1 : 0).unsigned(startsMs.length);
  for (const atMs of startsMs) writer.double(atMs);
  return writer.bytes();
}

/** @throws ORRERY_VALIDATION when the bytes are not of this version. */
export function decodeCadence(bytes: Uint8Array): CadenceState {
  const reader = new ByteReader(bytes);
  const found = reader.unsigned();
  if (found !== version) throw new OrreryError('ORRERY_VALIDATION', `cadence has version ${found}, expected ${version}`);
  const isScheduled = reader.unsigned() === 1;
  return { isScheduled, startsMs: Array.from({ length: reader.unsigned() }, () => reader.double()) };
}
