import { create, toBinary } from '@bufbuild/protobuf';
import { ErrorStatusSchema, ExportResponseSchema } from '@orrery/contracts/otlp';
import type { OtlpFormat } from './otlp-request.js';

/** The body of an answer to an OTLP client, which has to be in the encoding of its request. */
export interface OtlpAnswer {
  readonly contentType: 'application/json' | 'application/x-protobuf';
  readonly body: Uint8Array;
}

/** What each signal calls its refused items in JSON; in protobuf they share one number. */
const rejectedNames: Readonly<Record<OtlpFormat, string>> = {
  otlp_traces: 'rejectedSpans',
  otlp_metrics: 'rejectedDataPoints',
  otlp_logs: 'rejectedLogRecords',
};

/**
 * The answer to an export request that was taken, wholly or but for some items, which the client must not send again.
 * Full success is the empty message: no bytes in protobuf, `{}` in JSON.
 */
export function exportAnswer(format: OtlpFormat, isJson: boolean, rejectedCount: number): OtlpAnswer {
  const errorMessage = rejectedCount === 0 ? '' : `${rejectedCount} had no valid ids`;
  const partialSuccess = rejectedCount === 0 ? undefined : { rejectedCount: BigInt(rejectedCount), errorMessage };
  // OTLP/JSON writes int64 as text.
  if (isJson) return json(partialSuccess === undefined ? {} : { partialSuccess: { [rejectedNames[format]]: String(rejectedCount), errorMessage } });
  return { contentType: 'application/x-protobuf', body: toBinary(ExportResponseSchema, create(ExportResponseSchema, { partialSuccess })) };
}

/** The answer to an export request that was refused: google.rpc.Status. @param code of google.rpc.Code, for example 3 for an invalid argument */
export function exportErrorAnswer(isJson: boolean, code: number, message: string): OtlpAnswer {
  if (isJson) return json({ code, message });
  return { contentType: 'application/x-protobuf', body: toBinary(ErrorStatusSchema, create(ErrorStatusSchema, { code, message })) };
}

function json(value: unknown): OtlpAnswer {
  return { contentType: 'application/json', body: new TextEncoder().encode(JSON.stringify(value)) };
}
