import { z } from 'zod';
import { describeBaseline, type MetricFigures, type MetricName } from '../domain/index.js';
import type { StoredBaseline } from '../storage/baseline.repository.js';
import type { HistoryPoint } from '../storage/history.repository.js';

const time = z.string().describe('ISO 8601 in UTC');

const metricSchema = z
  .object({
    unit: z.string().describe('UCUM'),
    count: z.int().describe('Values since the last level shift'),
    mean: z.number().describe('Exponentially weighted, alpha 0.1'),
    deviation: z.number(),
    mean_quick: z.number().describe('The same with alpha 0.3'),
    deviation_quick: z.number(),
    median: z.number(),
    mad: z.number(),
    p50: z.number(),
    p95: z.number(),
    p99: z.number(),
    maximum: z.number(),
  })
  .meta({ id: 'BaselineMetric' });

/** The public name of each metric. */
export const metricWords = {
  duration: 'duration',
  queueTime: 'queue_time',
  memory: 'memory',
  cpu: 'cpu',
  outputSize: 'output_size',
  inputTokens: 'input_tokens',
  outputTokens: 'output_tokens',
  cost: 'cost',
} as const satisfies Readonly<Record<MetricName, string>>;

const metric = metricSchema.nullable();

export const subjectSchema = z
  .object({
    key_id: z.string(),
    subject: z.enum(['run', 'task']),
    engine: z.string(),
    namespace: z.string(),
    workflow: z.string(),
    task: z.string().describe('Empty for a run'),
    image: z.string().describe('Empty means any, as in the fields below'),
    command_hash: z.string(),
    executor_class: z.string(),
  })
  .meta({ id: 'WorkloadKey' });

export const baselineSchema = z
  .object({
    ...subjectSchema.shape,
    level: z.int().min(0).max(3).describe('0 every field, 1 any image and command, 2 any executor class, 3 any of the three'),
    count: z.int().describe('Observations learned from'),
    is_speaking: z.boolean().describe('Whether it knows enough to judge durations'),
    updated_at: time,
    shifted_at: time.nullable().describe('When durations were last learned anew'),
    success_rate: z
      .object({ mean: z.number(), lower: z.number(), upper: z.number(), count: z.number().describe('Results that still weigh in'), recent: z.number().nullable().describe('Of the last 8 results') })
      .nullable(),
    metrics: z.object({ duration: metric, queue_time: metric, memory: metric, cpu: metric, output_size: metric, input_tokens: metric, output_tokens: metric, cost: metric }),
    flakiness: z
      .object({ score: z.number(), transitions: z.int(), results: z.int(), is_flaky: z.boolean(), is_quarantine_suggested: z.boolean(), passes_in_row: z.int() })
      .nullable()
      .describe('Kept on one level of a key only'),
  })
  .meta({ id: 'Baseline' });

export type BaselineView = z.output<typeof baselineSchema>;

/** What a baseline knows, in the words of the API. */
export function baselineView({ keyId, level, key, state }: StoredBaseline): BaselineView {
  const { count, isSpeaking, lastUpdatedMs, shiftedAtMs, successRate, metrics, flakiness } = describeBaseline(state);
  const { recentResults, recentCount } = state.rate;
  return {
    ...{ key_id: keyId, subject: key.subject, engine: key.engine, namespace: key.namespace, workflow: key.workflow, task: key.task },
    ...{ image: key.image, command_hash: key.commandHash, executor_class: key.executorClass, level, count, is_speaking: isSpeaking },
    ...{ updated_at: iso(lastUpdatedMs), shifted_at: shiftedAtMs === null ? null : iso(shiftedAtMs) },
    success_rate:
      successRate === null
        ? null
        : { mean: successRate.mean, lower: successRate.lower, upper: successRate.upper, count: successRate.weight, recent: recentCount === 0 ? null : ones(recentResults) / recentCount },
    metrics: Object.fromEntries(Object.entries(metricWords).map(([name, word]) => [word, metricView(metrics[name as MetricName])])) as BaselineView['metrics'],
    flakiness:
      flakiness === null
        ? null
        : {
            ...{ score: flakiness.score, transitions: flakiness.transitions, results: flakiness.results },
            ...{ is_flaky: flakiness.isFlaky, is_quarantine_suggested: flakiness.isQuarantineSuggested, passes_in_row: flakiness.passesInRow },
          },
  };
}

function metricView(figures: MetricFigures | null): z.output<typeof metric> {
  if (figures === null) return null;
  const { meanQuick, deviationQuick, ...rest } = figures;
  return { ...rest, mean_quick: meanQuick, deviation_quick: deviationQuick };
}

function ones(bits: number): number {
  let count = 0;
  for (let rest = bits; rest > 0; rest >>>= 1) count += rest & 1;
  return count;
}

export const baselineDetailSchema = z
  .object({
    ...baselineSchema.shape,
    coarser: z.array(z.object({ key_id: z.string(), level: z.int(), count: z.int() })).describe('The levels that it backs off to'),
    is_stale: z.boolean().describe('Nothing was learned for 90 days: the next fact starts afresh'),
  })
  .meta({ id: 'BaselineDetail' });

export type BaselineDetailView = z.output<typeof baselineDetailSchema>;

export const historyPointSchema = z
  .object({
    at: time.describe('When the day, or the hour while it was young, began'),
    count: z.int(),
    duration: z.object({ p50_ms: z.number(), p95_ms: z.number(), mean_ms: z.number() }).nullable(),
    memory: z.object({ p50_bytes: z.number(), max_bytes: z.number() }).nullable(),
    success_rate: z.number().nullable(),
  })
  .meta({ id: 'BaselineHistoryPoint' });

export type HistoryPointView = z.output<typeof historyPointSchema>;

export function historyPointView({ atMs, count, duration, memory, successRate }: HistoryPoint): HistoryPointView {
  return {
    ...{ at: iso(atMs), count, success_rate: successRate },
    duration: duration === null ? null : { p50_ms: duration.p50Ms, p95_ms: duration.p95Ms, mean_ms: duration.meanMs },
    memory: memory === null ? null : { p50_bytes: memory.p50Bytes, max_bytes: memory.maxBytes },
  };
}

export const baselineForSchema = z
  .object({
    asked: subjectSchema.omit({ key_id: true }),
    answered_by: baselineSchema.nullable().describe('The finest level that knows enough; null when none does'),
  })
  .meta({ id: 'BaselineAnswer' });

export type BaselineForView = z.output<typeof baselineForSchema>;

export function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
