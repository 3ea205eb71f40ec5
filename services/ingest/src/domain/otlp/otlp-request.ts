import { fromBinary, toBinary, type Message } from '@bufbuild/protobuf';
import type { GenMessage } from '@bufbuild/protobuf/codegenv2';
import { LogsDataSchema, MetricsDataSchema, TracesDataSchema } from '@orrery/contracts/otlp';
import { messageOf, OrreryError } from '@orrery/errors';
import { isRecord, list, record, records, text, type JsonRecord } from '../json-reading.js';
import { attributes, type Attributes } from './otlp-values.js';

export type OtlpFormat = 'otlp_traces' | 'otlp_metrics' | 'otlp_logs';

/** The names of the three levels that every request of a signal has. */
interface SignalShape {
  readonly groups: string;
  readonly scopes: string;
  readonly items: string;
  readonly schema: GenMessage<Message>;
}

const shapes: Readonly<Record<OtlpFormat, SignalShape>> = {
  otlp_traces: { groups: 'resourceSpans', scopes: 'scopeSpans', items: 'spans', schema: TracesDataSchema },
  otlp_metrics: { groups: 'resourceMetrics', scopes: 'scopeMetrics', items: 'metrics', schema: MetricsDataSchema },
  otlp_logs: { groups: 'resourceLogs', scopes: 'scopeLogs', items: 'logRecords', schema: LogsDataSchema },
};

/** A span, metric or log record with what stands around it. */
export interface OtlpItem {
  readonly item: JsonRecord;
  readonly resource: Attributes;
  readonly scopeName: string;
}

/** One export request of either encoding. */
export interface OtlpRequest {
  readonly format: OtlpFormat;
  readonly encoding: 'protobuf' | 'json';
  readonly root: JsonRecord;
}

/** The signal of an OTLP/JSON value; undefined for any other value. */
export function otlpFormatOf(value: unknown): OtlpFormat | undefined {
  if (!isRecord(value)) return undefined;
  return (Object.keys(shapes) as OtlpFormat[]).find((format) => Array.isArray(value[shapes[format].groups]));
}

/** Decodes an export request in protobuf. @throws ORRERY_VALIDATION when the bytes are none. */
export function decodeOtlp(format: OtlpFormat, body: Uint8Array): OtlpRequest {
  try {
    return { format, encoding: 'protobuf', root: fromBinary(shapes[format].schema, body) as unknown as JsonRecord };
  } catch (error) {
    // Nesting without end shows as a full stack and not as an error of the decoder, which also writes errors of the runtime into its own.
    const reason = messageOf(error).replace(/^\w+Error: /, '');
    throw new OrreryError('ORRERY_VALIDATION', `the body is no OTLP protobuf message of ${shapes[format].groups}: ${reason}`, { cause: error });
  }
}

/**
 * Takes a JSON value as an export request.
 *
 * @throws ORRERY_VALIDATION when it has no list of its signal's groups, or when attributes are an object instead of a list, which
 *   no OTLP exporter sends and of which nothing would be understood.
 */
export function otlpRequestOf(format: OtlpFormat, value: unknown): OtlpRequest {
  const { groups, items } = shapes[format];
  if (!isRecord(value)) throw new OrreryError('ORRERY_VALIDATION', `the body is no OTLP/JSON object with ${groups}`);
  const isEmpty = Object.keys(value).length === 0;
  if (!isEmpty && !Array.isArray(value[groups])) throw new OrreryError('ORRERY_VALIDATION', `the body has no list ${groups}`);
  const request: OtlpRequest = { format, encoding: 'json', root: value };
  for (const { item } of itemsOf(request)) {
    if (isRecord(item.attributes)) throw new OrreryError('ORRERY_VALIDATION', `attributes of ${items} must be a list of {key, value}, not an object`);
  }
  return request;
}

/** Every span, metric or log record of a request. */
export function itemsOf({ format, root }: OtlpRequest): readonly OtlpItem[] {
  const { groups, scopes, items } = shapes[format];
  const found: OtlpItem[] = [];
  for (const group of records(root, groups)) {
    const resource = attributes(list(record(group, 'resource'), 'attributes'));
    for (const scope of records(group, scopes)) {
      const scopeName = text(scope, 'scope', 'name') ?? '';
      for (const item of records(scope, items)) found.push({ item, resource, scopeName });
    }
  }
  return found;
}

/** The bytes of a request that has only the given items, in the encoding it came in. */
export function encodeSubset(request: OtlpRequest, kept: ReadonlySet<JsonRecord>): Uint8Array {
  const { groups, scopes, items, schema } = shapes[request.format];
  const keptScopes = (group: JsonRecord): readonly JsonRecord[] =>
    records(group, scopes)
      .map((scope) => ({ ...scope, [items]: records(scope, items).filter((item) => kept.has(item)) }) as JsonRecord)
      .filter((scope) => list(scope, items).length > 0);
  const keptGroups = records(request.root, groups)
    .map((group) => ({ ...group, [scopes]: keptScopes(group) }) as JsonRecord)
    .filter((group) => list(group, scopes).length > 0);
  const subset = { ...request.root, [groups]: keptGroups };
  return request.encoding === 'json' ? new TextEncoder().encode(JSON.stringify(subset)) : toBinary(schema, subset as unknown as Message);
}
