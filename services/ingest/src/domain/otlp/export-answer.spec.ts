import { describe, expect, it } from '@jest/globals';
import { exportAnswer, exportErrorAnswer } from './export-answer.js';

const shown = (body: Uint8Array): string => Buffer.from(body).toString();

describe('exportAnswer', () => {
  it('is empty when all was taken', () => {
    expect(exportAnswer('otlp_traces', false, 0)).toMatchObject({ contentType: 'application/x-protobuf', body: new Uint8Array() });
    expect(shown(exportAnswer('otlp_traces', true, 0).body)).toBe('{}');
  });

  it.each([
    ['otlp_traces', 'rejectedSpans'],
    ['otlp_metrics', 'rejectedDataPoints'],
    ['otlp_logs', 'rejectedLogRecords'],
  ] as const)('says in JSON how many of %s were refused', (format, name) => {
    expect(JSON.parse(shown(exportAnswer(format, true, 3).body))).toEqual({ partialSuccess: { [name]: '3', errorMessage: '3 had no valid ids' } });
  });

  it('says so in protobuf', () => {
    // Field 1 of 22 bytes: field 1 = 3, field 2 = the text.
    expect(shown(exportAnswer('otlp_traces', false, 3).body)).toBe(`\x0a\x16\x08\x03\x12\x123 had no valid ids`);
  });
});

describe('exportErrorAnswer', () => {
  it('is a google.rpc.Status in the encoding of the request', () => {
    expect(shown(exportErrorAnswer(true, 3, 'no').body)).toBe('{"code":3,"message":"no"}');
    expect(shown(exportErrorAnswer(false, 3, 'no').body)).toBe('\x08\x03\x12\x02no');
  });
});
