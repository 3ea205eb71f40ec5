import type { ProblemDocument } from '@orrery/errors';
import { exportErrorAnswer } from './domain/otlp/export-answer.js';

const mediaTypes = ['application/x-protobuf', 'application/protobuf', 'application/json'] as const;

/** The media types that OTLP/HTTP has, and the one without `x-` that some exporters write. */
export type OtlpMediaType = (typeof mediaTypes)[number];

/** The media type that a request names, whatever its case and parameters; undefined when it is none of OTLP's. */
export function otlpMediaTypeOf(contentType: string | undefined): OtlpMediaType | undefined {
  const essence = (contentType ?? '').split(';')[0]?.trim().toLowerCase();
  return mediaTypes.find((mediaType) => mediaType === essence);
}

/** Numbers of google.rpc.Code by HTTP status. Source: google/rpc/code.proto. */
const rpcCodes: Readonly<Record<number, number>> = { 401: 16, 403: 7, 404: 5, 413: 8, 429: 8, 500: 13, 503: 14, 504: 4 };
const invalidArgument = 3;

/** A problem as `google.rpc.Status`, which is the body of every OTLP answer but 200. */
export function otlpProblem(mediaType: OtlpMediaType, { status, detail }: Pick<ProblemDocument, 'status' | 'detail'>): Buffer {
  return Buffer.from(exportErrorAnswer(mediaType === 'application/json', rpcCodes[status] ?? invalidArgument, detail).body);
}
