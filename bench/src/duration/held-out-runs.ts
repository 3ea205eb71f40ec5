import { cpuShareOf, machineFactor, predictDuration, type DurationPoint } from '@orrery/predictor/domain';
import { conformityScore, observeScore, widen, type ConformalState } from '@orrery/learning';
import { median } from '@orrery/stats';
import type { LotaruData, TracedRun } from './lotaru-data.js';
import { lotaruPrediction, naivePrediction } from './peer-rules.js';

/** What came of one test run. Errors are |predicted - real| / real. */
export interface Judged {
  readonly machine: string;
  readonly workflow: string;
  readonly error: number;
  readonly lotaruError: number;
  readonly naiveError: number;
  readonly isHeld: boolean;
  readonly isHeldUncalibrated: boolean;
}

export const localMachine = 'local';
const trainingLabels = ['train-1', 'train-2'];
/** As published: at most six points a task. */
const trainingLimit = 6;

/**
 * Trains on a workflow's local runs, once on each of the two training labels, and predicts the test runs of one machine. Each interval is widened
 * by what was learned from the test runs before it; its own truth comes after.
 */
export function judgeMachine(data: LotaruData, workflow: string, machine: string, calibration: ConformalState): { readonly judged: Judged[]; readonly calibration: ConformalState } {
  const local = data.runs(localMachine, workflow);
  const tests = data.runs(machine, workflow).filter(({ label }) => label === 'test');
  let state = calibration;
  const judged: Judged[] = [];
  for (const label of trainingLabels) {
    for (const test of tests) {
      const training = local.filter((run) => run.label === label && run.task === test.task).slice(0, trainingLimit);
      if (training.length === 0) continue;
      const one = judgeRun({ data, workflow, machine, training, test, calibration: state });
      judged.push(one.judged);
      state = one.calibration;
    }
  }
  return { judged, calibration: state };
}

interface OneRun {
  readonly data: LotaruData;
  readonly workflow: string;
  readonly machine: string;
  readonly training: readonly TracedRun[];
  readonly test: TracedRun;
  readonly calibration: ConformalState;
}

function judgeRun({ data, workflow, machine, training, test, calibration }: OneRun): { readonly judged: Judged; readonly calibration: ConformalState } {
  const [from, to] = [data.benchmarks(localMachine, workflow), data.benchmarks(machine, workflow)];
  const cpuShare = cpuShareOf({ busyCores: median(training.map((run) => run.busyCores)), ioBytesPerSecond: median(training.map((run) => run.ioBytesPerSecond)) });
  const { factor, spread } = machine === localMachine ? { factor: 1, spread: 0 } : machineFactor(from, to, { name: test.task.toLowerCase(), cpuShare });
  const prediction = predictDuration(training.map(pointOf), { inputSizeBytes: test.sizeBytes, machineFactor: factor, machineSpread: spread, nowMs: 0 });
  const interval = { lower: prediction.p10Ms, centre: prediction.p50Ms, upper: prediction.p90Ms };
  const { lower, upper } = widen(calibration, interval, 'ratio');
  const real = test.durationMs;
  const errorOf = (predicted: number): number => Math.abs(predicted - real) / real;
  return {
    judged: {
      machine,
      workflow,
      error: errorOf(prediction.p50Ms),
      lotaruError: errorOf(lotaruPrediction(training, test.sizeBytes, from, to)),
      naiveError: errorOf(naivePrediction(training, test.sizeBytes)),
      isHeld: real >= lower && real <= upper,
      isHeldUncalibrated: real >= interval.lower && real <= interval.upper,
    },
    calibration: observeScore(calibration, conformityScore(interval, real, 'ratio')),
  };
}

// The traces do not tell when a run was: equal times mean no order.
function pointOf({ durationMs, sizeBytes }: TracedRun): DurationPoint {
  return { durationMs, inputSizeBytes: sizeBytes, finishedAtMs: 0, machineFactor: null };
}
