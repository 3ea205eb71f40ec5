import { z } from 'zod';
import type { Quantiles } from '../domain/forecast/index.js';
import { hourMs } from './domain/arrival-hours.js';
import { basisWords, costWords, networkWords, peakWords } from './domain/forecast-words.js';
import type { CapacityAnswer, SeriesAnswer } from './forecast.service.js';

const time = z.string().describe('ISO 8601 in UTC');
const bandSchema = z.object({ p10: z.number(), p50: z.number(), p90: z.number() }).meta({ id: 'ForecastBand', description: 'What is expected, and the ends between which four of five truths lie' });
const words = z.string().describe('For people');

const hourShape = { arrivals: bandSchema.describe('Runs that come in that hour'), load_hours: bandSchema.describe('Hours of tasks that run in that hour: 3 is three tasks busy all the hour') };

export const capacitySchema = z
  .object({
    workflow: z.string().nullable().describe('Null for all workflows together'),
    engine: z.string().nullable(),
    namespace: z.string().nullable(),
    as_of: time.describe('When the hour in hand began; the forecast begins with it'),
    since: time.nullable().describe('The first hour that was learned from; null where there is none'),
    history: z.array(z.object({ at: time, runs: z.number(), load_hours: z.number() })).describe('The last hours that are over, a week at most'),
    hours: z.array(z.object({ at: time, ...hourShape, cost_usd: z.number().nullable() })),
    totals: z.object({ arrivals: bandSchema, load_hours: bandSchema }).nullable().describe('Of all hours together'),
    peaks: z.array(z.object({ at: time, ...hourShape, text: words })).describe('The hour of the greatest load of each day that is busier than the mean, the busiest first'),
    cost: z
      .object({ usd_per_hour: z.number(), price_origin: z.enum(['given', 'observed']).describe('observed: what an hour of load cost so far'), usd: bandSchema, text: words })
      .nullable()
      .describe('Null without a price'),
    basis: z
      .object({
        history_hours: z.number().int(),
        runs: z.number().describe('That were learned from'),
        load_hours: z.number(),
        seasons_hours: z.array(z.number()).describe('What repeats and was learned'),
        backtests: z.number().int().describe('Parts of the history that were forecast from what came before them, to find the intervals; 0: they are guesses'),
        text: words,
      })
      .nullable(),
  })
  .meta({ id: 'CapacityForecast' });

export type CapacityView = z.output<typeof capacitySchema>;

interface Asked {
  readonly workflow?: string | undefined;
  readonly engine?: string | undefined;
  readonly namespace?: string | undefined;
}

const shownHours = 168;

/** A forecast of runs and load in the words of the API. */
export function capacityView({ workflow, engine, namespace }: Asked, answer: CapacityAnswer): CapacityView {
  const { asOfMs, history, forecast, price } = answer;
  const asked = { workflow: workflow ?? null, engine: engine ?? null, namespace: namespace ?? null, as_of: iso(asOfMs) };
  if (history === null || forecast === null) return { ...asked, since: null, history: [], hours: [], totals: null, peaks: [], cost: null, basis: null };
  const { hours, peaks, totals, cost, basis } = forecast;
  const meanLoad = totals.loadHours.p50 / Math.max(hours.length, 1);
  return {
    ...asked,
    since: iso(history.startMs),
    history: lastHours(answer),
    hours: hours.map(({ atMs, arrivals, loadHours }) => ({ at: iso(atMs), arrivals, load_hours: loadHours, cost_usd: price === null ? null : loadHours.p50 * price.usdPerHour })),
    totals: { arrivals: totals.arrivals, load_hours: totals.loadHours },
    peaks: peaks.map((peak) => ({ at: iso(peak.atMs), arrivals: peak.arrivals, load_hours: peak.loadHours, text: peakWords(peak, meanLoad) })),
    cost: cost === undefined || price === null ? null : { usd_per_hour: price.usdPerHour, price_origin: price.origin, usd: cost, text: costWords(cost, { ...price, hours: hours.length }) },
    basis: {
      ...{ history_hours: basis.historyHours, runs: history.totals.runs, load_hours: history.totals.loadHours, seasons_hours: [...basis.seasonsHours], backtests: basis.backtests },
      text: basisWords(forecast, history.totals.runs),
    },
  };
}

function lastHours({ history }: CapacityAnswer): CapacityView['history'] {
  if (history === null) return [];
  const { startMs, runs, loadHours } = history;
  const skipped = Math.max(runs.length - shownHours, 0);
  return runs.slice(skipped).map((count, index) => ({ at: iso(startMs + (skipped + index) * hourMs), runs: count, load_hours: loadHours[skipped + index] ?? 0 }));
}

/** The hours to come as CSV (RFC 4180). */
export function capacityCsv({ forecast, price }: CapacityAnswer): string {
  const head = ['at', 'arrivals_p10', 'arrivals_p50', 'arrivals_p90', 'load_hours_p10', 'load_hours_p50', 'load_hours_p90', 'cost_usd'];
  const figures = ({ p10, p50, p90 }: Quantiles) => [p10, p50, p90];
  const rows = (forecast?.hours ?? []).map(({ atMs, arrivals, loadHours }) => [iso(atMs), ...figures(arrivals), ...figures(loadHours), price === null ? '' : loadHours.p50 * price.usdPerHour]);
  return [head, ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}

export const seriesSchema = z
  .object({
    series: z.object({
      series_id: z.string(),
      workflow_id: z.string(),
      workflow: z.string(),
      task: z.string().describe('Empty for the run as a whole'),
      metric: z.string(),
      unit: z.string().describe('UCUM'),
      attributes: z.string().describe('JSON object; empty for none'),
      updated_at: time.describe('When its last reading was taken'),
      others: z.number().int().describe('How many other series are meant by the question as well'),
    }),
    history: z.array(z.object({ at: time, value: z.number() })).describe('What was read, at most once a minute'),
    step_ms: z.number(),
    steps: z.array(z.object({ at: time, ...bandSchema.shape })).describe('From the step after the last reading'),
    basis: z.object({
      model: z.enum(['network', 'statistical']),
      samples: z.number().int(),
      backtests: z.number().int().describe('Of the statistical forecast'),
      network: z
        .object({
          state: z.enum(['too_short', 'training', 'failed', 'lost', 'won']).describe('won: it was closer than the statistical forecast where neither knew the outcome, and answers up to an hour ahead'),
          contest: z.object({ origins: z.number().int(), network_error: z.number(), statistical_error: z.number() }).nullable().describe('Mean absolute errors on the newest part of the series, in its unit'),
        })
        .nullable()
        .describe('Null where no networks are trained'),
      text: words,
    }),
  })
  .meta({ id: 'SeriesForecast' });

export type SeriesView = z.output<typeof seriesSchema>;

/** A forecast of a gauge in the words of the API. */
export function seriesView({ series, forecast: { stepMs, steps, basis }, model, network }: SeriesAnswer): SeriesView {
  const { seriesId, workflowId, workflow, task, metric, unit, attributes, updatedAtMs, others, ring } = series;
  return {
    series: { series_id: seriesId, workflow_id: workflowId, workflow, task, metric, unit, attributes, updated_at: iso(updatedAtMs), others },
    history: ring.samples.map(({ atMs, value }) => ({ at: iso(atMs), value })),
    step_ms: stepMs,
    steps: steps.map(({ atMs, ...band }) => ({ at: iso(atMs), ...band })),
    basis: { model, samples: basis.samples, backtests: basis.backtests, network: networkView(network), text: `${basis.words}${networkWords(network)}.` },
  };
}

function networkView(network: SeriesAnswer['network']): SeriesView['basis']['network'] {
  if (network === null) return null;
  if (!('contest' in network)) return { state: network.state, contest: null };
  const { origins, networkError, statisticalError } = network.contest;
  return { state: network.state, contest: origins === 0 ? null : { origins, network_error: networkError, statistical_error: statisticalError } };
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
