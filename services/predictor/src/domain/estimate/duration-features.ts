import { median } from '@orrery/stats';
import { hasDuration, hasResult, historyFor, type HistoryChain } from '../history/history-chain.js';
import type { HistoryPoint } from '../history/history.js';
import type { ExecutionQuery } from '../history/query.js';

/** What trained models of durations and memory see; the order is part of every stored example and model, so it is only ever added to. */
export const durationFeatureNames = [
  'ln_last_over_reference',
  'ln_mean_of_ten_over_reference',
  'ln_median_over_reference',
  'ln_recent_over_median',
  'ln_spread',
  'ln_samples',
  'level',
  'ln_input_over_median_input',
  'ln_reference_ms',
  'hour_sine',
  'hour_cosine',
  'weekday',
  'attempt',
  'ln_hours_since_last',
  'failure_rate_of_ten',
  'is_last_revision',
  'is_last_ref_name',
  'is_last_trigger',
  'ln_workflow_median_over_reference',
  'ln_machine_factor',
] as const;

const hourMs = 3_600_000;

/**
 * The features of an execution that is about to begin, NaN for what is not known. Times count in UTC.
 *
 * @param chain as it is known when the execution begins.
 * @param reference what the history alone predicts; models learn how far off that is, so that they hold for tasks of any length.
 */
export function durationFeatures(chain: HistoryChain, query: ExecutionQuery, reference: number | null): number[] {
  const own = historyFor(chain.filter(({ level }) => level !== 4), hasDuration);
  const points = own?.points ?? [];
  const base = reference ?? Number.NaN;
  return [
    ...pastFeatures(points, base),
    own?.level ?? Number.NaN,
    lnRatio(query.inputSizeBytes, median(points.flatMap(({ inputSizeBytes }) => inputSizeBytes ?? []))),
    Math.log(base),
    ...timeFeatures(query.atMs),
    query.attempt,
    ...lastFeatures(query, points.at(-1), failureRate(chain)),
    lnRatio(workflowMedian(chain), base),
    Math.log(query.machineFactor ?? Number.NaN),
  ];
}

function pastFeatures(points: readonly HistoryPoint[], base: number): number[] {
  const durations = points.map(({ durationMs }) => durationMs ?? Number.NaN);
  const middle = median(durations);
  const sorted = [...durations].sort((left, right) => left - right);
  const spread = lnRatio(sorted[Math.floor(sorted.length * 0.9)], sorted[Math.floor(sorted.length * 0.1)]);
  return [lnRatio(durations.at(-1), base), lnRatio(mean(durations.slice(-10)), base), lnRatio(middle, base), lnRatio(median(durations.slice(-5)), middle), spread, Math.log1p(durations.length)];
}

function timeFeatures(atMs: number): number[] {
  const angle = (2 * Math.PI * ((atMs / hourMs) % 24)) / 24;
  return [Math.sin(angle), Math.cos(angle), new Date(atMs).getUTCDay()];
}

function lastFeatures({ atMs, revision, refName, trigger }: ExecutionQuery, last: HistoryPoint | undefined, failureRateOfTen: number): number[] {
  const sinceLast = last === undefined ? Number.NaN : Math.log1p(Math.max(atMs - last.finishedAtMs, 0) / hourMs);
  return [sinceLast, failureRateOfTen, sameAs(revision, last?.revision), sameAs(refName, last?.refName), sameAs(trigger, last?.trigger)];
}

function failureRate(chain: HistoryChain): number {
  const results = (historyFor(chain, hasResult)?.points ?? []).slice(-10);
  return results.length === 0 ? Number.NaN : results.filter(({ outcome }) => outcome !== 'success').length / results.length;
}

function workflowMedian(chain: HistoryChain): number {
  const points = chain.find(({ level }) => level === 4)?.history.points.filter(hasDuration) ?? [];
  return median(points.map(({ durationMs }: HistoryPoint) => durationMs ?? Number.NaN));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** NaN where either is not known or not positive. */
function lnRatio(value: number | null | undefined, base: number | null | undefined): number {
  const ratio = (value ?? Number.NaN) / (base ?? Number.NaN);
  return ratio > 0 && Number.isFinite(ratio) ? Math.log(ratio) : Number.NaN;
}

function sameAs(asked: number, last: number | undefined): number {
  return asked === 0 || last === undefined || last === 0 ? Number.NaN : Number(asked === last);
}
