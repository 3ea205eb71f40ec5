import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildObservation } from '../../test/build-observation.js';
import type { HistoryState } from './baseline-state.js';
import { describeFlakiness, emptyHistory, learnHistory, passesToRecover } from './flakiness.js';

/** Results as P and F, each with inputs of its own unless `inputsId` says otherwise. */
function historyOf(results: string, inputsId?: string): HistoryState {
  return [...results].reduce((history, result, index) => learnHistory(history, buildObservation({ inputsId: inputsId ?? `revision-${index}`, runId: `run-${index}` }), result === 'P'), emptyHistory);
}
const flakinessOf = (results: string, inputsId?: string) => describeFlakiness(historyOf(results, inputsId));

describe('flakiness', () => {
  it('is proved by passing and failing on the same inputs', () => {
    expect(flakinessOf('PF', 'revision-1')).toMatchObject({ isFlaky: true, contradictedInputs: 1 });
    expect(flakinessOf('FF', 'revision-1')).toMatchObject({ isFlaky: false });
    expect(flakinessOf('PF', '')).toMatchObject({ isFlaky: false, contradictedInputs: 0 });
  });

  it('is suggested by changing to and fro, not by one broken stretch', () => {
    expect(flakinessOf('PFPPFPFPPF')).toMatchObject({ isFlaky: true });
    expect(flakinessOf('PPPPPFFFFFPPPPP')).toMatchObject({ isFlaky: false, transitions: 2 });
    expect(flakinessOf('FFFFFFFFFFFFFFF')).toMatchObject({ isFlaky: false });
  });

  it('suggests quarantine when it is proved again and again', () => {
    expect(flakinessOf('PFPFPFPFPF')).toMatchObject({ isQuarantineSuggested: true });
    expect(flakinessOf('PF', 'revision-1')).toMatchObject({ isQuarantineSuggested: false });
  });

  it('is over after twenty passes in a row', () => {
    expect(flakinessOf(`PFPFPFPFPF${'P'.repeat(passesToRecover - 1)}`)).toMatchObject({ isFlaky: true });
    expect(flakinessOf(`PFPFPFPFPF${'P'.repeat(passesToRecover)}`)).toMatchObject({ isFlaky: false });
  });

  it('remembers thirty-two results and a score between 0 and 1, whatever comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('P', 'F'), maxLength: 100 }), (results) => {
        const { score, results: remembered } = flakinessOf(results);

        expect(remembered).toBe(Math.min(results.length, 32));
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1);
      }),
    );
  });
});
