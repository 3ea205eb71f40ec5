import { arrivalsOf, ExecutorSimulation, type Outcome, type Policy, type Workload } from '../../domain/index.js';
import { policyOf, type PolicySpec } from './policy-spec.js';
import type { Scenario } from '../../domain/release/scenario.js';
import { mistold, stressedWorkload } from './stress.js';

/** Episodes of one policy under one scenario. */
export interface EpisodeTask {
  readonly policy: PolicySpec;
  readonly scenario: Scenario;
  readonly workload: Workload;
  readonly seeds: readonly number[];
  /** Tells how long each decision took. @default false */
  readonly isTimed?: boolean;
}

/** How an episode went, as far as it is compared; figures as in {@link Outcome}. */
export interface EpisodeOutcome extends Omit<Outcome, 'completionSeconds'> {
  readonly seed: number;
  /** Of each decision, µs, where it was asked for. */
  readonly decisionUs: Float32Array;
}

/** Runs episodes on one thread; keeps simulators and stressed workloads between calls. */
export class EpisodeRunner {
  private readonly simulations = new Map<number, ExecutorSimulation>();
  /** The last stressed workload of each workload: stresses come one after the other. */
  private readonly stressed = new WeakMap<Workload, { readonly key: string; readonly workload: Workload }>();

  run({ policy: spec, scenario, workload, seeds, isTimed = false }: EpisodeTask): readonly EpisodeOutcome[] {
    const policy = policyOf(spec);
    const drawn = this.stressedOf(workload, scenario);
    const simulation = this.simulationOf(scenario.executorCount);
    return seeds.map((seed) => {
      const arrivals = mistold(arrivalsOf(drawn, scenario.arrivals, seed), scenario.stress?.toldError ?? 0, seed);
      const decisionUs: number[] = [];
      const outcome = simulation.run(arrivals, seed, isTimed ? timed(policy, decisionUs) : policy);
      return outcomeOf(outcome, seed, decisionUs);
    });
  }

  private simulationOf(executorCount: number): ExecutorSimulation {
    let simulation = this.simulations.get(executorCount);
    if (simulation === undefined) this.simulations.set(executorCount, (simulation = new ExecutorSimulation(executorCount)));
    return simulation;
  }

  private stressedOf(workload: Workload, { stress }: Scenario): Workload {
    const { failureShare = 0, tailShape } = stress ?? {};
    if (failureShare === 0 && tailShape === undefined) return workload;
    const key = JSON.stringify([failureShare, tailShape]);
    const last = this.stressed.get(workload);
    if (last?.key === key) return last.workload;
    const made = stressedWorkload(workload, { failureShare, ...(tailShape === undefined ? {} : { tailShape }) });
    this.stressed.set(workload, { key, workload: made });
    return made;
  }
}

function outcomeOf({ jobCount, finishedCount, meanCompletionSeconds, p95CompletionSeconds, executorSeconds, makespanSeconds, decisionCount, moveCount }: Outcome, seed: number, decisionUs: readonly number[]): EpisodeOutcome {
  return { seed, jobCount, finishedCount, meanCompletionSeconds, p95CompletionSeconds, executorSeconds, makespanSeconds, decisionCount, moveCount, decisionUs: Float32Array.from(decisionUs) };
}

function timed(policy: Policy, decisionUs: number[]): Policy {
  return {
    name: policy.name,
    decide: (observation) => {
      const startedMs = performance.now();
      const choice = policy.decide(observation);
      decisionUs.push((performance.now() - startedMs) * 1000);
      return choice;
    },
  };
}
