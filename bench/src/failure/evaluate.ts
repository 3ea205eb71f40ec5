import { expectedCalibrationError, prAuc, reliabilityCurve, rocAuc } from '@orrery/learning';
import { failureProbability, fitFailure, predictFailure, type FailureRows } from '@orrery/predictor/domain';
import { seededRandom } from '@orrery/stats';
import type { KnownRun } from './known-before.js';

export interface Parts {
  readonly training: readonly KnownRun[];
  readonly validation: readonly KnownRun[];
  readonly test: readonly KnownRun[];
}

/** A test run with what was said of it: the probabilities that it fails, and the calls. */
export interface Judged {
  readonly known: KnownRun;
  readonly probability: number;
  readonly isCalledFailed: boolean;
  /** Without a trained model. */
  readonly rate: number;
}

function rowsOf(known: readonly KnownRun[]): FailureRows {
  return { features: known.map(({ features }) => features), failed: known.map(({ run }) => run.failed) };
}

/** Trains on the training part, stops, calibrates and chooses the threshold on the validation part, and judges the test part. */
export function judge({ training, validation, test }: Parts, seed: number): Judged[] {
  const model = fitFailure({ training: rowsOf(training), validation: rowsOf(validation), seed });
  const riskOf = ({ features }: KnownRun): number => failureProbability(model, features);
  const risks = validation.map(riskOf);
  const thresholds = Array.from({ length: 91 }, (_, index) => 0.05 + index / 100);
  const f1At = (threshold: number): number => f1OfSuccess(validation, risks.map((risk) => risk < threshold));
  const threshold = thresholds.reduce((best, each) => (f1At(each) > f1At(best) ? each : best));
  return test.map((known) => {
    const probability = riskOf(known);
    return { known, probability, isCalledFailed: probability >= threshold, rate: predictFailure(null, known.history, known.query).probability };
  });
}

/** F1 of calling successes, as in the paper. */
export function f1OfSuccess(known: readonly KnownRun[], isCalledSuccess: readonly boolean[]): number {
  const right = known.filter(({ run }, index) => !run.failed && isCalledSuccess[index]).length;
  return (2 * right) / (known.filter(({ run }) => !run.failed).length + isCalledSuccess.filter(Boolean).length);
}

/** What the paper's straw man calls: as the run before in the set; a coin for the first. */
export function strawMan(known: readonly KnownRun[], seed: number): boolean[] {
  const random = seededRandom(seed);
  return known.map((each) => {
    const before = beforeInSet(each);
    return before === null ? random.next() < 0.5 : before === 'success';
  });
}

/** As the straw man, but the first of a set is called failed: what the paper's history features come to. */
export function previousOrFailure(known: readonly KnownRun[]): boolean[] {
  return known.map((each) => beforeInSet(each) === 'success');
}

function beforeInSet({ run, history, query }: KnownRun): string | null {
  return history.findLast(({ revision, finishedAtMs }) => revision === run.revision && finishedAtMs <= query.atMs)?.outcome ?? null;
}

const four = (value: number): number => Math.round(value * 1e4) / 1e4;

/** All figures of one split. */
export function figures(judged: readonly Judged[], seed: number): Record<string, number> {
  const known = judged.map((each) => each.known);
  const failed = known.map(({ run }) => Number(run.failed));
  const risks = judged.map(({ probability }) => probability);
  const rates = judged.map(({ rate }) => rate);
  const calls = judged.map(({ isCalledFailed }) => !isCalledFailed);
  const failures = judged.filter((each) => each.known.run.failed);
  const previous = previousOrFailure(known);
  const values = {
    f1: f1OfSuccess(known, calls),
    auc: rocAuc(failed, risks),
    pr_auc: prAuc(failed, risks),
    failure_recall: failures.filter(({ isCalledFailed }) => isCalledFailed).length / failures.length,
    failure_precision: failures.filter(({ isCalledFailed }) => isCalledFailed).length / judged.filter(({ isCalledFailed }) => isCalledFailed).length,
    calibration_error: expectedCalibrationError(reliabilityCurve(failed, risks)),
    strawman_f1: f1OfSuccess(known, strawMan(known, seed)),
    previous_or_failure_f1: f1OfSuccess(known, previous),
    previous_or_failure_auc: rocAuc(failed, previous.map((success) => Number(!success))),
    always_success_f1: f1OfSuccess(known, known.map(() => true)),
    untrained_f1: f1OfSuccess(known, rates.map((rate) => rate < 0.5)),
    untrained_auc: rocAuc(failed, rates),
    n: judged.length,
  };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, four(value)]));
}

/** The figures without the first runs of sets, which always failed. */
export function figuresOfReruns(judged: readonly Judged[], seed: number): Record<string, number> {
  return figures(judged.filter(({ known }) => known.run.place > 0), seed);
}
