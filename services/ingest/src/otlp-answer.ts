import { create, toBinary } from '@bufbuild/protobuf';
import { ErrorStatusSchema, ExportResponseSchema } from '@orrery/contracts/otlp';
import type { ProblemDocument } from '@orrery/errors';

export type OtlpSignal = 'traces' | 'metrics' | 'logs';

const mediaTypes = ['application/x-protobuf', 'application/protobuf', 'application/json'] as const;

/** The media types that OTLP/HTTP has, and the one without `x-` that some exporters write. */
export type OtlpMediaType = (typeof mediaTypes)[number];

const rejectedNames: Readonly<Record<OtlpSignal, string>> = { traces: 'rejectedSpans', metrics: 'rejectedDataPoints', logs: 'rejectedLogRecords' };

/** The media type that a request names, whatever its case and parameters; undefined when it is none of OTLP's. */
export function otlpMediaTypeOf(contentType: string | undefined): OtlpMediaType | undefined {
  const essence = (contentType ?? '').split(';')[0]?.trim().toLowerCase();
  return mediaTypes.find((mediaType) => mediaType === essence);
}

/** The answer to an export request: full success is an empty message (no bytes in protobuf, `{}` in JSON). */
export function exportResponse(mediaType: OtlpMediaType, signal: OtlpSignal, rejectedCount: number): Buffer {
  const errorMessage = `${rejectedCount} had no valid ids: a trace id has 16 bytes and a span id 8, not all of them zero`;
  if (mediaType === 'application/json') {
    // Protobuf's JSON writes 64-bit numbers as text.
    return jsonOf(rejectedCount === 0 ? {} : { partialSuccess: { [rejectedNames[signal]]: String(rejectedCount), errorMessage } });
  }
  const partialSuccess = rejectedCount === 0 ? undefined : { rejectedCount: BigInt(rejectedCount), errorMessage };
  return Buffer.from(toBinary(ExportResponseSchema, create(ExportResponseSchema, { partialSuccess })));
}

/** Numbers of google.rpc.Code by HTTP status. Source: google/rpc/code.proto. */
const rpcCodes: Readonly<Record<number, number>> = { 401: 16, 403: 7, 404: 5, 413: 8, 429: 8, 500: 13, 503: 14, 504: 4 };
const invalidArgument = 3;

/** A problem as `google.rpc.Status`, which is the body of every OTLP answer but 200. */
export function errorStatus(mediaType: OtlpMediaType, { status, detail }: Pick<ProblemDocument, 'status' | 'detail'>): Buffer {
  const message = { code: rpcCodes[status] ?? invalidArgument, message: detail };
  return mediaType === 'application/json' ? jsonOf(message) : Buffer.from(toBinary(ErrorStatusSchema, create(ErrorStatusSchema, message)));
}

function jsonOf(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}
