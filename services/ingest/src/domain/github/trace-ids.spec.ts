import { describe, expect, it } from '@jest/globals';
import { jobSpanIdOf, traceIdOf } from './trace-ids.js';

// Values that the collector's receiver gives for run 2202229078, attempt 1, and its job 289782451.
describe('ids of a run in a trace', () => {
  it('are those of the OpenTelemetry Collector', () => {
    expect(traceIdOf('2202229078', 1)).toBe('dfe7d9f05e3dc54f4d215a481011594b');
    expect(jobSpanIdOf('289782451')).toBe('d0f4cc21745bf74d');
  });

  it('differ by attempt', () => {
    expect(traceIdOf('2202229078', 2)).not.toBe(traceIdOf('2202229078', 1));
  });
});
