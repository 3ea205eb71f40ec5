import { describe, expect, it } from '@jest/globals';
import { recordSpans } from '../../test/span-recorder.js';
import type { LogBatch, LogHeaders, OutgoingRecord } from '../event-log.js';
import { LogTracing } from './log-tracing.js';

const takeSpans = recordSpans();
const tracing = new LogTracing('postgresql', 'spec');

const batchWith = (parents: readonly (string | undefined)[]): LogBatch<null> => ({
  ...{ topic: 't', partition: 0, firstOffset: 0n, nextOffset: BigInt(parents.length) },
  records: parents.map((traceparent, index) => {
    const headers: LogHeaders = traceparent === undefined ? {} : { traceparent };
    return { value: null, record: { topic: 't', partition: 0, offset: BigInt(index), key: null, value: null, headers, timestampMs: 0 } };
  }),
});
const parent = (index: number): string => `00-${'a'.repeat(32)}-${(index + 1).toString(16).padStart(16, '0')}-01`;

describe('span of a batch', () => {
  it('links to each distinct sender once, and to 32 of them at most', async () => {
    await tracing.process('g', batchWith([parent(0), parent(0), undefined, parent(1)]), async () => undefined);
    expect(takeSpans()[0]?.links).toHaveLength(2);
    await tracing.process('g', batchWith(Array.from({ length: 100 }, (_, index) => parent(index))), async () => undefined);

    expect(takeSpans()[0]?.links).toHaveLength(32);
  });

  it('has no link for what is no trace context', async () => {
    await tracing.process('g', batchWith(['nonsense', '00-0-0-00']), async () => undefined);

    expect(takeSpans()[0]?.links).toEqual([]);
  });
});

describe('span of an append', () => {
  it('is one for a batch over several topics, and fails with it', async () => {
    const records: OutgoingRecord[] = ['a', 'b'].map((topic) => ({ topic, key: null, value: null }));
    const failing = tracing.append(records, async () => Promise.reject(new TypeError('no')));
    await expect(failing).rejects.toThrow('no');

    expect(takeSpans().map(({ name }) => name)).toEqual(['send batch']);
  });
});
