import type { Finding, Severity } from '../detection/finding.js';
import { nameOf } from '../detection/judge-context.js';
import { alarmScore, type StreamObservation, type StreamState } from '../stream-detector.js';
import { rememberedSamples, type Pair } from '../stream-detector-novelty.js';
import { durationText, sizeText, trimmed } from '../wording.js';
import { causeOfSeries, seriesIdOf, subjectOfSeries, type SeriesKey } from './series-key.js';

/** One value of a series, and where it is from. */
export interface SeriesValue {
  readonly value: number;
  readonly atMs: number;
  /** When what it stands for was over. */
  readonly endMs: number;
  /** Of the fact that told it. */
  readonly factId: string;
  /** Empty for what is no single run's, and no task's. */
  readonly runId: string;
  readonly taskId: string;
}

export interface JudgedSample {
  readonly key: SeriesKey;
  /** Before the sample. */
  readonly before: StreamState;
  readonly seen: StreamObservation;
  /** How much wider than built the bounds are. @minimum 1 */
  readonly threshold: number;
}

/** What is wrong with a sample; null when it is as usual, or repeats what was told. */
export function judgeSample({ key, before, seen, threshold }: JudgedSample, value: SeriesValue): Finding | null {
  // A score is n / (n + alarm) of a novelty n: bounds that are t times as wide ask for t times the novelty.
  if (seen.score < (threshold * alarmScore) / (1 - alarmScore + threshold * alarmScore)) return null;
  if (key.kind === 'submissions' && isChance(value.value, seen.expected)) return null;
  const seriesId = seriesIdOf(key);
  const name = nameOf(key);
  return {
    ...{ type: 'metric', severity: severityOf(before.values.range, value.value), cause: causeOfSeries(key, seriesId), ...subjectOfSeries(key) },
    ...{ baselineKeyId: null, level: null, metric: key.metric, unit: key.unit },
    title: `${name}: ${key.kind === 'submissions' ? 'an unusual number of runs' : `${labelOf(key)} unlike before`}`,
    text: sentenceOf({ key, name, before, expected: seen.expected }, value.value),
    ...{ expected: seen.expected, actual: value.value, deviation: seen.deviation },
    ...{ observationId: [value.factId, seriesId, value.atMs, value.value].join(' '), runId: value.runId, taskId: value.taskId },
    ...{ evidence: value.runId === '' ? [] : [value.runId], sinceMs: value.atMs, detectedAtMs: value.endMs },
  };
}

/**
 * Runs that are started independently of each other come in numbers that vary by the root of their mean (Poisson): within five of these, a
 * number may be new and yet says nothing.
 */
function isChance(starts: number, expected: number): boolean {
  return Math.abs(starts - expected) <= 5 * Math.sqrt(Math.max(expected, 1));
}

/** Critical is what lies outside of all that is remembered by more than its whole width, and by more than half of its greatest value. */
function severityOf([low, high]: Pair, value: number): Severity {
  const beyond = Math.max(low - value, value - high);
  return beyond > high - low && beyond > Math.max(Math.abs(low), Math.abs(high)) / 2 ? 'critical' : 'warning';
}

interface Told {
  readonly key: SeriesKey;
  readonly name: string;
  readonly before: StreamState;
  readonly expected: number;
}

function sentenceOf({ key, name, before, expected }: Told, value: number): string {
  const say = (told: number) => valueText(told, key.unit);
  const [low, high] = before.values.range;
  const usual = low === high ? `always ${say(low)}` : `usually ${say(low)} to ${say(high)}`;
  const isOutside = value < low || value > high;
  const count = Math.min(before.count, rememberedSamples);
  if (key.kind === 'submissions') {
    const rest = isOutside ? usual : `usually about ${trimmed(expected)} at that time, ${trimmed(low)} to ${trimmed(high)} at most`;
    return `${name} was started ${trimmed(value)} times within 5 min, unlike in the ${count} times 5 min before (${rest})`;
  }
  if (isOutside) return `${labelOf(key)} of ${name} was ${say(value)}, unlike anything in its last ${count} samples (${usual})`;
  return `${labelOf(key)} of ${name} changed as it did not in its last ${count} samples: to ${say(value)} where about ${say(expected)} was expected (${usual})`;
}

/** `memory_bytes`, or `memory_bytes {state=used}`. */
function labelOf({ metric, attributes }: SeriesKey): string {
  if (attributes === '') return metric;
  const short = attributes.replace(/["{}]/g, '').replaceAll(':', '=').replaceAll(',', ', ');
  return `${metric} {${short.length > 80 ? `${short.slice(0, 79)}\u2026` : short}}`;
}

/** A value as people say it in its unit. */
function valueText(value: number, unit: string): string {
  if (unit === 'By' && value >= 0) return sizeText(value);
  if (unit === 'ms' && value >= 0) return durationText(value);
  if (unit === 's' && value >= 0) return durationText(value * 1000);
  // Annotations of UCUM stand for a count of something: {run}.
  const word = unit === '1' || unit.startsWith('{') ? '' : ` ${unit}`;
  return `${trimmed(value)}${word}`.trimEnd();
}
