import { scenarioOf } from '../../domain/release/scenarios.js';
import type { LearningPlace } from './learn.js';
import type { Conditions } from './learning-job.js';
import type { Place } from './try-policies.js';
import type { Workloads } from './workload-of.js';

/** More or fewer executors than wished for, by factor; jobs and gaps stay, so that the load changes with them. */
const executorFactors = [0.6, 1.6] as const;
/** More or fewer jobs at once, or per time. */
const loadFactors = [0.6, 1.4] as const;

/**
 * What is learned in: the conditions that were wished for, and around them other pools and loads, and jobs of other shapes, so that a policy stands
 * what it was not asked about.
 */
export function learningPlaces({ learned, mixedIn }: Workloads, places: readonly Place[], conditions: Conditions): readonly LearningPlace[] {
  return places.flatMap(({ kind, scenario }) => {
    const { initialJobs, laterJobs, meanGapMs } = scenario.arrivals;
    const own = { kind, workload: learned } as const;
    const jobCount = initialJobs + laterJobs;
    const executors = executorFactors.map((factor): LearningPlace => ({ ...own, name: `${kind}, executors x ${factor}`, scenario: { ...scenario, executorCount: Math.max(1, Math.round(scenario.executorCount * factor)), arrivals: { initialJobs, laterJobs, meanGapMs: meanGapMs / factor } } }));
    const loads = loadFactors.map((factor): LearningPlace => ({ ...own, name: `${kind}, load x ${factor}`, scenario: { ...scenario, arrivals: kind === 'batch' ? { initialJobs: Math.max(1, Math.round(jobCount * factor)), laterJobs: 0, meanGapMs } : { initialJobs, laterJobs, meanGapMs: Math.max(1, meanGapMs / Math.min(factor, 1.2)) } } }));
    const mixed: LearningPlace = { kind, workload: mixedIn, name: `${kind} of other shapes`, scenario: scenarioOf(mixedIn, { kind, jobCount, executorCount: conditions.executorCount }) };
    return [{ ...own, name: `${kind}`, scenario }, ...executors, ...loads, mixed];
  });
}
