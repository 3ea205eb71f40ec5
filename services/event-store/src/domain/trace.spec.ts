import { describe, expect, it } from '@jest/globals';
import type { ExecutionRecord } from '@orrery/contracts';
import fc from 'fast-check';
import { runIdFor, someRecords } from '../../test/arbitrary-records.js';
import { traceOf, TraceBuilder, type Trace } from './trace.js';

const runId = runIdFor('run-1');
const plain = (trace: Trace) => ({
  run: trace.run,
  tasks: sorted(trace.tasks),
  events: sorted(trace.events),
  artifacts: sorted(trace.artifacts),
  messages: sorted(trace.messages),
  samples: sorted(trace.samples),
});
const sorted = <State>(states: ReadonlyMap<string, State>) => [...states].sort(([a], [b]) => (a < b ? -1 : 1));
const joined = (...traces: readonly Trace[]) => {
  const builder = new TraceBuilder(runId);
  for (const trace of traces) builder.addTrace(trace);
  return builder;
};

/** A way in which a log may deliver records: shuffled, some more than once, cut into batches. */
const someDelivery = someRecords('run-1').chain((records) =>
  fc.record({
    records: fc.constant(records),
    delivered: fc
      .tuple(fc.shuffledSubarray(records, { minLength: records.length }), fc.array(fc.constantFrom(...records), { maxLength: 6 }))
      .chain(([shuffled, repeats]) => fc.shuffledSubarray([...shuffled, ...repeats], { minLength: shuffled.length + repeats.length })),
    batchSize: fc.integer({ min: 1, max: 5 }),
  }),
);

describe('a run', () => {
  it('comes out the same for any order, repeats and batches of what was told', () => {
    fc.assert(
      fc.property(someDelivery, ({ records, delivered, batchSize }) => {
        const batches: ExecutionRecord[][] = [];
        for (let from = 0; from < delivered.length; from += batchSize) batches.push(delivered.slice(from, from + batchSize));

        const inBatches = joined(...batches.map((batch) => traceOf(runId, batch)));

        expect(plain(inBatches)).toEqual(plain(traceOf(runId, records)));
      }),
      { numRuns: 1000 },
    );
  });

  it('joins associatively, commutatively and idempotently', () => {
    const someTrace = someRecords('run-1').map((records) => traceOf(runId, records));
    fc.assert(
      fc.property(someTrace, someTrace, someTrace, (a, b, c) => {
        expect(plain(joined(joined(a, b), c))).toEqual(plain(joined(a, joined(b, c))));
        expect(plain(joined(a, b))).toEqual(plain(joined(b, a)));
        expect(plain(joined(a, a))).toEqual(plain(a));
      }),
      { numRuns: 300 },
    );
  });

  it('is not touched by what it knows already, so that nothing is written for a repeat', () => {
    fc.assert(
      fc.property(someRecords('run-1'), (records) => {
        const builder = new TraceBuilder(runId);
        builder.addTrace(traceOf(runId, records));
        const before = [builder.run, ...builder.tasks.values(), ...builder.events.values(), ...builder.artifacts.values()];

        for (const record of records) builder.add(record);

        const after = [builder.run, ...builder.tasks.values(), ...builder.events.values(), ...builder.artifacts.values()];
        expect(after.every((state, index) => state === before[index])).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
