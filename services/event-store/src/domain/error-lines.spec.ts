import { describe, expect, it } from '@jest/globals';
import { Status } from '@orrery/contracts';
import { at, RunTeller } from '../../test/records.js';
import { spanOfAttempt } from './error-lines.js';
import { traceOf } from './trace.js';

const us = (seconds: number) => at(seconds) * 1000;

/** The spans of the attempts that are told to start at these seconds. */
function spansOf(starts: Readonly<Record<number, number | undefined>>) {
  const teller = new RunTeller('spans');
  const taskId = teller.task('a');
  const tasks = Object.entries(starts).map(([number, start]) => ({ taskId, attempt: Number(number), status: Status.RUNNING, ...(start === undefined ? {} : { startedAtMs: at(start) }) }));
  const task = traceOf(teller.runId, [teller.record({ tasks })]).tasks.get(taskId)!;
  return task.attempts.map((attempt) => spanOfAttempt(task, attempt));
}

describe('what a task logs', () => {
  it('belongs to its only attempt, whatever the times are', () => {
    expect(spansOf({ 1: 5 })).toEqual([{ fromUs: null, untilUs: null }]);
    expect(spansOf({ 3: undefined })).toEqual([{ fromUs: null, untilUs: null }]);
  });

  it('belongs to an attempt from its start to the start of the next one', () => {
    expect(spansOf({ 1: 5, 2: 10, 4: 20 })).toEqual([
      { fromUs: null, untilUs: us(10) },
      { fromUs: us(10), untilUs: us(20) },
      { fromUs: us(20), untilUs: null },
    ]);
  });

  it('is not divided where no start was told', () => {
    expect(spansOf({ 1: undefined, 2: undefined })).toEqual([{ fromUs: null, untilUs: null }, { fromUs: null, untilUs: null }]);
  });
});
