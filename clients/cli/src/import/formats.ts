import { asText, merge, type Conversion } from './conversion.js';
import { convertGithub } from './github.js';
import type { SourceDocument } from './source-files.js';

export interface FormatOptions {
  /** What OTLP protobuf files hold; JSON says it itself. */
  readonly signal?: Signal;
}

export const signals = ['traces', 'metrics', 'logs'] as const;
export type Signal = (typeof signals)[number];

type Converter = (document: SourceDocument, options: FormatOptions) => Conversion;

const JSON_TYPE = { 'content-type': 'application/json' };

/** What each format's documents become; the bytes go as they were, unless a listing has to be taken apart. */
export const formats: Readonly<Record<string, { readonly summary: string; readonly convert: Converter }>> = {
  github: { summary: 'webhook payloads, deliveries, REST listings of runs and jobs', convert: json(convertGithub) },
  argo: { summary: 'Workflow objects, lists of them, argo-events envelopes', convert: json(convertArgo) },
  openlineage: { summary: 'OpenLineage run events', convert: json(elementwise('/api/v1/lineage', JSON_TYPE)) },
  otlp: { summary: 'OTLP traces, metrics and logs, JSON or protobuf', convert: convertOtlp },
  temporal: { summary: 'workflow histories', convert: json(elementwise('/api/v1/webhooks/temporal', JSON_TYPE)) },
  cdevents: { summary: 'CDEvents, bare or inside CloudEvents', convert: json(convertCloudEvents) },
  cloudevents: { summary: 'CloudEvents of any type, structured or batches', convert: json(convertCloudEvents) },
};

function json(convert: (value: unknown, text: Buffer) => Conversion): Converter {
  return ({ bytes, isProtobuf }) => {
    if (isProtobuf) return { requests: [], fault: 'is protobuf; only OTLP may be' };
    try {
      return convert(JSON.parse(bytes.toString('utf8')), bytes);
    } catch (error) {
      if (error instanceof SyntaxError) return { requests: [], fault: `is not JSON: ${error.message}` };
      throw error;
    }
  };
}

/** Posts an object as it is and a list element by element. */
function elementwise(path: string, headers: Readonly<Record<string, string>>): (value: unknown, text: Buffer) => Conversion {
  return (value, text) => {
    if (!Array.isArray(value)) return { requests: [{ path, headers, body: text }] };
    return { requests: value.map((element) => ({ path, headers, body: asText(element) })) };
  };
}

const ARGO_PATH = '/api/v1/webhooks/argo';

function convertArgo(value: unknown, text: Buffer): Conversion {
  const items = typeof value === 'object' && value !== null && 'items' in value ? value.items : undefined;
  if (!Array.isArray(items)) return elementwise(ARGO_PATH, JSON_TYPE)(value, text);
  // The elements of a WorkflowList do not repeat what kind they are.
  const workflows = items.map((item: unknown) => ({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', ...(item as object) }));
  return elementwise(ARGO_PATH, JSON_TYPE)(workflows, text);
}

const EVENTS_PATH = '/api/v1/events';

function convertCloudEvents(value: unknown, text: Buffer): Conversion {
  if (Array.isArray(value)) return merge(value.map((element) => convertCloudEvents(element, asText(element))));
  const isStructured = typeof value === 'object' && value !== null && 'specversion' in value && 'type' in value;
  const headers = isStructured ? { 'content-type': 'application/cloudevents+json' } : JSON_TYPE;
  return { requests: [{ path: EVENTS_PATH, headers, body: text }] };
}

const SIGNAL_OF_KEY: readonly (readonly [string, Signal])[] = [
  ['resourceSpans', 'traces'],
  ['resource_spans', 'traces'],
  ['resourceMetrics', 'metrics'],
  ['resource_metrics', 'metrics'],
  ['resourceLogs', 'logs'],
  ['resource_logs', 'logs'],
];

function convertOtlp(document: SourceDocument, { signal }: FormatOptions): Conversion {
  if (!document.isProtobuf) return json(convertOtlpJson)(document, {});
  // An export request in protobuf does not say its signal: all three have the same field number.
  const known = signal ?? signalOfName(document.origin);
  if (known === undefined) return { requests: [], fault: 'is protobuf, which does not say whether it holds traces, metrics or logs; say it with --signal or in the name' };
  return { requests: [{ path: `/v1/${known}`, headers: { 'content-type': 'application/x-protobuf' }, body: document.bytes }] };
}

function convertOtlpJson(value: unknown, text: Buffer): Conversion {
  if (Array.isArray(value)) return merge(value.map((element) => convertOtlpJson(element, asText(element))));
  if (typeof value !== 'object' || value === null) return { requests: [], fault: 'is no OTLP export request' };
  const signal = SIGNAL_OF_KEY.find(([key]) => key in value)?.[1];
  if (signal === undefined) return { requests: [], fault: 'is no OTLP export request: none of resourceSpans, resourceMetrics, resourceLogs in it' };
  return { requests: [{ path: `/v1/${signal}`, headers: JSON_TYPE, body: text }] };
}

function signalOfName(name: string): Signal | undefined {
  if (/trace|span/i.test(name)) return 'traces';
  if (/metric/i.test(name)) return 'metrics';
  return /log/i.test(name) ? 'logs' : undefined;
}
