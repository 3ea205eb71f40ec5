import { eventIdOf, SampleKind, sampleIdOf } from '@orrery/contracts';
import { list, number, record, records, text, type JsonRecord } from '../json-reading.js';
import type { Execution } from '../source-event.js';
import type { SampleStatement } from '../statements.js';
import type { OtlpItem } from './otlp-request.js';
import { attributes, hexId, nanosecondsMs, type Attributes } from './otlp-values.js';
import { attributesJsonOf } from './span-event.js';
import { pipelineRunOf, traceRunOf, type TraceRun } from './trace-context.js';
import { runIdentityOf } from './trace-execution.js';

interface RunSample {
  readonly run: TraceRun;
  readonly traceId: string | undefined;
  readonly sample: SampleStatement;
}

/**
 * What metrics say of runs. A metric is about a service and not about a run, with two exceptions: the resource names a CI/CD
 * pipeline run, or an exemplar names the trace in which a value was measured.
 */
export function metricExecutions(items: readonly OtlpItem[], tenantId: string): readonly Execution[] {
  const byRun = new Map<string, { readonly run: Execution['run']; readonly samples: SampleStatement[] }>();
  for (const { run, traceId, sample } of items.flatMap((item) => runSamplesOf(item, tenantId))) {
    const execution = byRun.get(run.runId) ?? { run: runIdentityOf(run, traceId), samples: [] };
    execution.samples.push(sample);
    byRun.set(run.runId, execution);
  }
  return [...byRun.values()];
}

const kinds = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'] as const;

/** The data of a metric and its kind: a member of its own in JSON, a case in the generated message. */
function dataOf(metric: JsonRecord): { readonly kind: (typeof kinds)[number]; readonly data: JsonRecord } | undefined {
  const chosen = text(metric, 'data', 'case');
  const kind = kinds.find((candidate) => candidate === chosen || record(metric, candidate) !== undefined);
  const data = kind === undefined ? undefined : (record(metric, kind) ?? record(metric, 'data', 'value'));
  return kind === undefined || data === undefined ? undefined : { kind, data };
}

function runSamplesOf({ item, resource }: OtlpItem, tenantId: string): readonly RunSample[] {
  const name = text(item, 'name');
  const found = dataOf(item);
  if (name === undefined || found === undefined) return [];
  const unit = text(item, 'unit');
  const kind = found.kind === 'gauge' ? SampleKind.GAUGE : SampleKind.SUM;
  const pipeline = pipelineRunOf(tenantId, resource);
  return records(found.data, 'dataPoints').flatMap((point) => {
    const own = attributes(list(point, 'attributes'));
    const occurredAtMs = nanosecondsMs(point.timeUnixNano);
    const measured = { name, unit, kind, occurredAtMs };
    const samples = exemplarSamples(point, { measured, resource, own, tenantId });
    const value = pointValue(point);
    if (pipeline === undefined || value === undefined) return samples;
    const attributesJson = attributesJsonOf({ ...own, ...spreadOf(point) });
    const sampleId = sampleIdOf(pipeline.runId, name, String(occurredAtMs), attributesJson ?? '');
    return [...samples, { run: pipeline, traceId: undefined, sample: { sampleId, ...measured, value, attributesJson } }];
  });
}

interface Measured {
  readonly measured: Pick<SampleStatement, 'name' | 'unit' | 'kind' | 'occurredAtMs'> & { readonly name: string };
  readonly resource: Attributes;
  readonly own: Attributes;
  readonly tenantId: string;
}

/** An exemplar is one measured value, whatever the metric makes of them together: a gauge. */
function exemplarSamples(point: JsonRecord, { measured, resource, own, tenantId }: Measured): readonly RunSample[] {
  return records(point, 'exemplars').flatMap((exemplar) => {
    const traceId = hexId(exemplar.traceId, 16);
    const value = pointValue(exemplar);
    if (traceId === undefined || value === undefined) return [];
    const spanId = hexId(exemplar.spanId, 8);
    const run = traceRunOf(tenantId, resource, traceId);
    const occurredAtMs = nanosecondsMs(exemplar.timeUnixNano) ?? measured.occurredAtMs;
    const sample: SampleStatement = {
      sampleId: sampleIdOf(run.runId, measured.name, spanId ?? '', String(occurredAtMs), String(value)),
      ...measured,
      kind: SampleKind.GAUGE,
      eventId: spanId === undefined ? undefined : eventIdOf(run.runId, spanId),
      value,
      occurredAtMs,
      attributesJson: attributesJsonOf(own),
    };
    return [{ run, traceId, sample }];
  });
}

/** One number for a point; of a histogram the sum. */
function pointValue(point: JsonRecord): number | undefined {
  const value = record(point, 'value');
  const chosen = value?.case === undefined ? (point.asDouble ?? point.asInt) : value.value;
  const read = typeof chosen === 'bigint' ? Number(chosen) : number(chosen);
  return read ?? number(point.sum);
}

function spreadOf(point: JsonRecord): Attributes {
  const spread = { count: typeof point.count === 'bigint' ? Number(point.count) : number(point.count), min: number(point.min), max: number(point.max) };
  return Object.fromEntries(Object.entries(spread).filter((entry): entry is [string, number] => entry[1] !== undefined));
}
