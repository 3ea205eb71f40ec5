import type { Observation } from '@orrery/contracts';
import { betaMean } from '@orrery/stats';
import { resultOf } from '../baseline-learning.js';
import type { RateState } from '../baseline-state.js';
import { templateHashes } from '../error-template.js';
import { describeFlakiness, emptyHistory, learnHistory, type FlakinessFigures } from '../flakiness.js';
import { percentText } from '../wording.js';
import type { Verdict } from './finding.js';
import { nameOf, onObservation, type JudgeContext, type LevelState } from './judge-context.js';

const nothing: Verdict = { findings: [], normal: [] };

/** A subject's failures must be rare before an error line is news: what always fails has new texts every day. */
const leastResultsForErrors = 5;

/** Results, faded, that a rate rests on before its fall is told. */
const leastEvidence = 15;

/** An error line that no success had and that was not reported before. */
export function judgeErrors(_context: JudgeContext, observation: Observation, subject: LevelState): Verdict {
  const state = subject.state;
  if (resultOf(observation) === true) return { findings: [], normal: ['new_error:*'] };
  if (state === null || state.count < leastResultsForErrors) return nothing;
  const known = new Set(state.history?.knownErrors ?? []);
  const unseen = templateHashes(observation.errorLines).filter(({ hash }) => !known.has(hash));
  // The first says what began; those that follow in one failure are its echo.
  const [first] = unseen;
  if (first === undefined) return nothing;
  const name = nameOf(subject.key);
  const others = unseen.length > 1 ? ` (and ${unseen.length - 1} more)` : '';
  return {
    normal: [],
    findings: [
      {
        ...onObservation(observation, subject, subject),
        ...{ type: 'new_error', severity: 'warning', cause: `new_error:${first.hash.toString(16).padStart(8, '0')}`, metric: 'error_lines', unit: '1' },
        title: `${name}: an error never seen before`,
        text: `${name} failed with an error line that none of its successes had: "${first.line.slice(0, 160)}"${others}`,
        ...{ expected: 0, actual: unseen.length, deviation: null },
      },
    ],
  };
}

/** Passing and failing on the same inputs, or changing to and fro. */
export function judgeFlakiness(_context: JudgeContext, observation: Observation, subject: LevelState): Verdict {
  const passed = resultOf(observation);
  if (passed === null) return nothing;
  const history = subject.state?.history ?? emptyHistory;
  const before = describeFlakiness(history);
  const after = describeFlakiness(learnHistory(history, observation, passed));
  if (!isNews(before, after)) return passed ? { findings: [], normal: ['flaky'] } : nothing;
  const name = nameOf(subject.key);
  const proof = after.contradictedInputs > 0 ? 'passed and failed on the same inputs' : 'changes between passing and failing';
  const advice = after.isQuarantineSuggested ? '; quarantine it until it is mended' : '';
  const other = passed ? history.lastFailedRunId : history.lastPassedRunId;
  return {
    normal: [],
    findings: [
      {
        ...onObservation(observation, subject, subject),
        ...{ type: 'flaky', severity: after.isQuarantineSuggested ? 'warning' : 'info', cause: 'flaky', metric: 'transition_score', unit: '1' },
        title: `${name}: flaky`,
        text: `${name} ${proof}: ${after.transitions} ${after.transitions === 1 ? 'change' : 'changes'} in its last ${after.results} results${advice}`,
        ...{ expected: 0, actual: after.score, deviation: null },
        evidence: [...new Set([other, observation.runId])].filter((runId) => runId !== ''),
      },
    ],
  };
}

/** A flaky task passes most of the time: only a result that adds to the proof is worth a word. */
function isNews(before: FlakinessFigures, after: FlakinessFigures): boolean {
  return after.isFlaky && (!before.isFlaky || after.contradictedInputs > before.contradictedInputs || after.transitions > before.transitions);
}

/** The last eight results against the rate before: a fall that chance does not give. */
export function judgeSuccessRate(context: JudgeContext, observation: Observation, subject: LevelState): Verdict {
  const passed = resultOf(observation);
  const rate = subject.state?.rate;
  if (passed === null || rate === undefined || rate.recentCount < 7 || rate.successes + rate.failures < leastEvidence) return nothing;
  const results = ((rate.recentResults << 1) | (passed ? 1 : 0)) & 0xff;
  const failed = 8 - bitCount(results);
  const usual = rateBeforeRecent(rate);
  const chance = atLeast(failed, 8, 1 - usual);
  if (passed || chance > 0.001 / context.thresholds('success_rate') ** 2) return failed <= 2 ? { findings: [], normal: ['success_rate'] } : nothing;
  const name = nameOf(subject.key);
  return {
    normal: [],
    findings: [
      {
        ...onObservation(observation, subject, subject),
        ...{ type: 'success_rate', severity: chance < 1e-5 ? 'critical' : 'warning', cause: 'success_rate', metric: 'success_rate', unit: '1' },
        title: `${name}: succeeds less often`,
        text: `${name} failed ${failed} of its last 8 times; it usually succeeds in ${percentText(usual)}`,
        ...{ expected: usual, actual: 1 - failed / 8, deviation: -Math.log10(Math.max(chance, 1e-300)) },
      },
    ],
  };
}

/** What the posterior knew before the last seven: they are in it, nearly in full. */
function rateBeforeRecent(rate: RateState): number {
  const successes = bitCount(rate.recentResults & 0x7f);
  return betaMean({ successes: Math.max(rate.successes - successes, 0), failures: Math.max(rate.failures - (7 - successes), 0) });
}

function bitCount(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** P(X >= k) of a binomial with n trials. */
function atLeast(k: number, n: number, p: number): number {
  let sum = 0;
  let ways = 1;
  for (let i = 0; i <= n; i++) {
    if (i >= k) sum += ways * p ** i * (1 - p) ** (n - i);
    ways = (ways * (n - i)) / (i + 1);
  }
  return sum;
}
