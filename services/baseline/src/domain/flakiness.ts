import type { Observation } from '@orrery/contracts';
import type { FlakyResult, HistoryState } from './baseline-state.js';
import { templateHashes } from './error-template.js';
import { hashOf } from './text-hash.js';

const maxResults = 32;
const maxKnownErrors = 64;

/** Passes in a row after which a flaky task counts as recovered. */
export const passesToRecover = 20;

/** Results before changes between pass and fail say something by themselves. */
const leastResults = 10;

/** Share of neighbouring results that differ from which a task is flaky without any proof. A coin gives 0.5, one broken stretch 2 / n. */
const flakyScore = 0.3;

export const emptyHistory: HistoryState = { results: [], lastFailedRunId: '', lastPassedRunId: '', passesInRow: 0, knownErrors: [] };

/** The history after one more result; null teaches errors only (an outage says nothing of the single task). */
export function learnHistory(history: HistoryState | null, observation: Observation, passed: boolean | null): HistoryState {
  const known = history ?? emptyHistory;
  const knownErrors = withErrors(known.knownErrors, observation.errorLines);
  if (passed === null) return { ...known, knownErrors };
  return {
    results: [...known.results, resultOfInputs(observation, passed)].slice(-maxResults),
    lastFailedRunId: passed ? known.lastFailedRunId : observation.runId,
    lastPassedRunId: passed ? observation.runId : known.lastPassedRunId,
    passesInRow: passed ? known.passesInRow + 1 : 0,
    knownErrors,
  };
}

export interface FlakinessFigures {
  /** Results remembered. */
  readonly results: number;
  /** Changes between pass and fail among them. */
  readonly transitions: number;
  /** Transitions over what there could be, 0 to 1. */
  readonly score: number;
  /** Inputs that both passed and failed: the proof. */
  readonly contradictedInputs: number;
  readonly passesInRow: number;
  readonly isFlaky: boolean;
  /** So often that its failures should not stop others until it is mended. */
  readonly isQuarantineSuggested: boolean;
}

/** What the last results say: passing and failing on the same inputs proves flakiness, many changes suggest it, many passes end it. */
export function describeFlakiness({ results, passesInRow }: HistoryState): FlakinessFigures {
  const transitions = results.slice(1).filter(({ passed }, index) => passed !== results[index]?.passed).length;
  const score = results.length < 2 ? 0 : transitions / (results.length - 1);
  const contradictedInputs = contradictions(results);
  const isFlaky = passesInRow < passesToRecover && (contradictedInputs > 0 || (results.length >= leastResults && transitions >= 3 && score >= flakyScore));
  const isQuarantineSuggested = isFlaky && (contradictedInputs >= 3 || (transitions >= 6 && score >= flakyScore));
  return { results: results.length, transitions, score, contradictedInputs, passesInRow, isFlaky, isQuarantineSuggested };
}

function contradictions(results: readonly FlakyResult[]): number {
  const outcomes = new Map<number, { passed: boolean; failed: boolean }>();
  for (const { inputs, passed } of results) {
    if (inputs === 0) continue;
    const seen = outcomes.get(inputs) ?? { passed: false, failed: false };
    outcomes.set(inputs, { passed: seen.passed || passed, failed: seen.failed || !passed });
  }
  return [...outcomes.values()].filter(({ passed, failed }) => passed && failed).length;
}

function resultOfInputs({ inputsId }: Observation, passed: boolean): FlakyResult {
  return { inputs: inputsId === '' ? 0 : hashOf(inputsId), passed };
}

/** The newest stay; one that comes again is new again. */
function withErrors(known: readonly number[], errorLines: readonly string[]): readonly number[] {
  if (errorLines.length === 0) return known;
  const seen = templateHashes(errorLines).map(({ hash }) => hash);
  return [...known.filter((hash) => !seen.includes(hash)), ...seen].slice(-maxKnownErrors);
}
