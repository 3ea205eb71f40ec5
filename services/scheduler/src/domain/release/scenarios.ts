import type { Workload } from '../simulation/workload.js';
import type { Scenario, Stress } from './scenario.js';

/** `batch`: all jobs are there at the beginning. `stream`: they come one by one. */
export type ScenarioKind = 'batch' | 'stream';

export interface ScenarioWish {
  readonly kind: ScenarioKind;
  readonly jobCount: number;
  readonly executorCount: number;
  /** Mean gap between the jobs of a stream, ms; by default so that they make the executors busy for {@link usualLoad} of the time. */
  readonly meanGapMs?: number | undefined;
}

/** Of all executors' time, what the mean durations of the tasks of a stream add up to. As in the streams of Mao et al. 2019 (25 s a job for 50 executors). */
export const usualLoad = 0.7;

/** Mean over its jobs of what all tasks of a job take together, ms; each size and each kind counts as often as it is drawn. */
export function meanWorkMs({ sizes }: Workload): number {
  const bySize = sizes.map((templates) => templates.reduce((sum, { shape }) => sum + shape.workMs, 0) / Math.max(templates.length, 1));
  return bySize.reduce((sum, workMs) => sum + workMs, 0) / Math.max(sizes.length, 1);
}

/** The scenario that was wished for, on a workload. */
export function scenarioOf(workload: Workload, { kind, jobCount, executorCount, meanGapMs }: ScenarioWish): Scenario {
  if (kind === 'batch') return { name: 'batch', arrivals: { initialJobs: jobCount, laterJobs: 0, meanGapMs: 0 }, executorCount };
  const gapMs = meanGapMs ?? Math.max(1, Math.round(meanWorkMs(workload) / (executorCount * usualLoad)));
  return { name: 'stream', arrivals: { initialJobs: 1, laterJobs: Math.max(0, jobCount - 1), meanGapMs: gapMs }, executorCount };
}

/** A scenario in words, such as `batch of 20 jobs on 50 executors`. */
export function scenarioWords({ arrivals: { initialJobs, laterJobs, meanGapMs }, executorCount, stress }: Scenario): string {
  const seconds = (durationMs: number) => `${Number((durationMs / 1000).toPrecision(3))} s`;
  const jobs = laterJobs === 0 ? `batch of ${initialJobs} jobs` : `stream of ${initialJobs + laterJobs} jobs, one every ${seconds(meanGapMs)}`;
  return `${jobs} on ${executorCount} executors${stressWords(stress)}`;
}

function stressWords({ toldError = 0, failureShare = 0, tailShape }: Stress = {}): string {
  const percent = (share: number) => `${Math.round(100 * share)} %`;
  return [
    toldError === 0 ? '' : `, told durations wrong by up to ${percent(toldError)}`,
    failureShare === 0 ? '' : `, ${percent(failureShare)} of tasks fail and are done again`,
    tailShape === undefined ? '' : `, heavy tails (Pareto ${tailShape})`,
  ].join('');
}

/** What is changed of a scenario to find out how a policy stands it. */
export function stressedScenarios(scenario: Scenario): readonly Scenario[] {
  const stressed = (name: string, stress: Stress): Scenario => ({ ...scenario, name: `${scenario.name}, ${name}`, stress });
  return [
    loaded(scenario, 1.2, 'load +20 %'),
    loaded(scenario, 0.8, 'load -20 %'),
    ...[1.2, 0.8].map((factor): Scenario => ({ ...scenario, name: `${scenario.name}, executors ${factor > 1 ? '+' : '-'}20 %`, executorCount: Math.max(1, Math.round(scenario.executorCount * factor)) })),
    stressed('heavy tails', { tailShape: 1.5 }),
    ...[0.15, 0.3, 0.5].map((toldError) => stressed(`durations told ±${100 * toldError} %`, { toldError })),
    stressed('failures', { failureShare: 0.1 }),
  ];
}

/** More jobs at once in a batch, smaller gaps in a stream. */
function loaded(scenario: Scenario, factor: number, name: string): Scenario {
  const { initialJobs, laterJobs, meanGapMs } = scenario.arrivals;
  const arrivals = laterJobs === 0 ? { initialJobs: Math.max(1, Math.round(initialJobs * factor)), laterJobs, meanGapMs } : { initialJobs, laterJobs, meanGapMs: meanGapMs / factor };
  return { ...scenario, name: `${scenario.name}, ${name}`, arrivals };
}
