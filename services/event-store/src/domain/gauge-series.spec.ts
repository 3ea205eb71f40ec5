import { describe, expect, it } from '@jest/globals';
import { SampleKind, type SampleSchema } from '@orrery/contracts';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { at, RunTeller } from '../../test/records.js';
import { gaugeReadingsOf, gaugeSeriesOf } from './gauge-series.js';
import { traceOf } from './trace.js';

const teller = new RunTeller('gauges');
const taskId = teller.task('build');
let made = 0;

/** A reading of memory, unless told otherwise. */
function reading(seconds: number, value: number, told: MessageInitShape<typeof SampleSchema> = {}): MessageInitShape<typeof SampleSchema> {
  made += 1;
  return { sampleId: teller.event(`sample-${made}`), taskId, name: 'memory_bytes', unit: 'By', kind: SampleKind.GAUGE, value, occurredAtMs: at(seconds), ...told };
}

function readingsOf(...samples: readonly MessageInitShape<typeof SampleSchema>[]) {
  const record = teller.record({ samples: [...samples] });
  return gaugeReadingsOf([...traceOf(teller.runId, [record]).samples.values()], () => [record]);
}

describe('readings of gauges', () => {
  it('are what has a name, a value and a time of its own', () => {
    expect(readingsOf(reading(1, 10), reading(2, 11, { occurredAtMs: undefined }), reading(3, Number.NaN), reading(4, 12, { name: '' }))).toMatchObject([{ value: 10 }]);
  });

  it('are no running sums, no totals of a task and nothing within an execution event', () => {
    expect(readingsOf(reading(1, 10, { kind: SampleKind.SUM }), reading(2, 11, { name: 'peak_memory_bytes' }), reading(3, 12, { eventId: teller.event('call') }))).toEqual([]);
  });

  it('do not look at the records when there are none', () => {
    expect(
      gaugeReadingsOf([], () => {
        throw new Error('looked');
      }),
    ).toEqual([]);
  });
});

describe('series of readings', () => {
  it('are apart by task, name, unit and attributes, each in order of time', () => {
    const other = { attributesJson: '{"device":"b"}' };
    const [portion] = gaugeSeriesOf(readingsOf(reading(9, 3), reading(1, 1), reading(2, 7, other), reading(5, 2), reading(3, 5, { taskId: '' }), reading(4, 6, { unit: 'MiBy' })), 100);

    expect(portion?.map(({ taskId: of, unit, attributes, readings }) => [of === taskId, unit, attributes, readings.map(({ value }) => value)])).toEqual([
      [true, 'By', null, [1, 2, 3]],
      [true, 'By', other.attributesJson, [7]],
      [false, 'By', null, [5]],
      [true, 'MiBy', null, [6]],
    ]);
  });

  it('come in portions, none of which has more readings than asked for and none of which is lost', () => {
    const portions = gaugeSeriesOf(readingsOf(...Array.from({ length: 25 }, (_, index) => reading(25 - index, 25 - index, { name: `gauge-${index % 3}` }))), 10);

    expect(portions.map((portion) => portion.reduce((sum, { readings }) => sum + readings.length, 0))).toEqual([10, 10, 5]);
    expect(portions.flat().filter(({ name }) => name === 'gauge-0').flatMap(({ readings }) => readings.map(({ value }) => value))).toEqual([1, 4, 7, 10, 13, 16, 19, 22, 25]);
  });
});
