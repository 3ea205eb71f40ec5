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
  const durations = (own?.points ?? []).map(({ durationMs }) => durationMs ?? Number.NaN);
  const base = reference ?? Number.NaN;
  const last = own?.points.at(-1);
  const middle = median(durations);
  const sorted = [...durations].sort((left, right) => left - right);
  const hour = (query.atMs / hourMs) % 24;
  return [
    lnRatio(durations.at(-1), base),
    lnRatio(mean(durations.slice(-10)), base),
    lnRatio(middle, base),
    lnRatio(median(durations.slice(-5)), middle),
    lnRatio(sorted[Math.floor(sorted.length * 0.9)], sorted[Math.floor(sorted.length * 0.1)]),
    Math.log1p(durations.length),
    own?.level ?? Number.NaN,
    lnRatio(query.inputSizeBytes, median((own?.points ?? []).flatMap(({ inputSizeBytes }) => inputSizeBytes ?? []))),
    Math.log(base),
    Math.sin((2 * Math.PI * hour) / 24),
    Math.cos((2 * Math.PI * hour) / 24),
    new Date(query.atMs).getUTCDay(),
    query.attempt,
    last === undefined ? Number.NaN : Math.log1p(Math.max(query.atMs - last.finishedAtMs, 0) / hourMs),
    failureRate(chain),
    sameAs(query.revision, last?.revision),
    sameAs(query.refName, last?.refName),
    sameAs(query.trigger, last?.trigger),
    lnRatio(workflowMedian(chain), base),
    Math.log(query.machineFactor ?? Number.NaN),
  ];
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
