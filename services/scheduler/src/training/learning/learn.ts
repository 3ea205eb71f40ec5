import { encodeParameters, FeatureRecorder, layout, LearnedPolicy, type FeatureRange, type PolicyArtifact } from '../../domain/agents/index.js';
import { arrivalsOf, ExecutorSimulation, type ListRules, type Workload } from '../../domain/index.js';
import { trainPolicy, type Evaluate, type ScenarioGroup } from '../../domain/training/index.js';
import type { Scenario } from '../../domain/release/scenario.js';
import { scenarioWords, type ScenarioKind } from '../../domain/release/scenarios.js';
import type { EpisodePool } from '../episodes/episode-pool.js';
import type { PolicySpec } from '../episodes/policy-spec.js';

/** A scenario that is learned in. */
export interface LearningPlace {
  /** Of different names. */
  readonly name: string;
  readonly kind: ScenarioKind;
  readonly workload: Workload;
  readonly scenario: Scenario;
}

export interface LearningQuestion {
  readonly name: string;
  readonly seed: number;
  readonly generations: number;
  readonly lambda: number;
  readonly tail: number;
  /** The heuristic that is begun with. */
  readonly base: ListRules;
  readonly places: readonly LearningPlace[];
  readonly pool: EpisodePool;
  readonly signal?: AbortSignal | undefined;
  /** @param bestPercent of the objective of what it began as, on episodes for choosing. */
  readonly onGeneration: (generation: number, bestPercent: number) => void;
}

export interface Learned {
  readonly artifact: PolicyArtifact;
  readonly parameterCount: number;
  readonly episodeCount: number;
  /** How it was learned. */
  readonly words: string;
}

/** A generation sees so many episodes of one scenario of each kind: a stream is worth several batches. */
const episodeCounts = { batch: 3, stream: 1 } as const;
/** Of each scenario, to choose the generation by. */
const validationCounts = { batch: 8, stream: 4 } as const;
/** What agents are told is looked at in so many episodes of each scenario. */
const lookCount = 4;
const firstLookSeed = 600_000;

/** Learns corrections of a heuristic by evolution strategies over a mixture of scenarios, in the threads of a pool. Equal questions give equal policies. */
export async function learn({ name, seed, generations, lambda, tail, base, places, pool, signal, onGeneration }: LearningQuestion): Promise<Learned> {
  const objective = { lambda, tail };
  const trained = await trainPolicy({
    ...{ seed, generations, objective, groups: groupsOf(places) },
    evaluate: evaluator(base, places, pool, signal),
    onGeneration: ({ generation, best }) => onGeneration(generation, 100 * (best - 1)),
  });
  const choice = `generation ${trained.generation} of ${generations}, the best on episodes that were neither learned from nor are judged on`;
  const artifact: PolicyArtifact = {
    ...{ format: 'orrery-policy-1', name, base, parameters: encodeParameters(trained.parameters), generation: trained.generation, seed, objective },
    training: { workloads: [...new Set(places.map(({ workload }) => workload.name))], scenarios: places.map((place) => scenarioWords(place.scenario)), episodeCount: trained.episodeCount, choice },
    ...seenIn(base, trained.parameters, places),
  };
  const words = `antithetic evolution strategies over ${places.length} scenarios, begun as the tuned heuristic; kept is ${choice}`;
  return { artifact, parameterCount: layout.parameterCount, episodeCount: trained.episodeCount, words };
}

function groupsOf(places: readonly LearningPlace[]): readonly ScenarioGroup[] {
  return (['batch', 'stream'] as const).flatMap((kind): ScenarioGroup[] => {
    const scenarios = places.filter((place) => place.kind === kind).map((place) => place.name);
    return scenarios.length === 0 ? [] : [{ name: kind, scenarios, episodeCount: episodeCounts[kind], validationCount: validationCounts[kind] }];
  });
}

function evaluator(base: ListRules, places: readonly LearningPlace[], pool: EpisodePool, signal: AbortSignal | undefined): Evaluate {
  const byName = new Map(places.map((place) => [place.name, place]));
  return async (candidates, episodes) => {
    const runs = [...new Set(episodes.map(({ scenario }) => scenario))].map((scenario) => ({ place: byName.get(scenario) as LearningPlace, indexes: episodes.flatMap((episode, index) => (episode.scenario === scenario ? [index] : [])) }));
    const tasks = candidates.flatMap((parameters) =>
      runs.map(({ place: { workload, scenario }, indexes }) => ({ policy: candidateOf(base, parameters), scenario, workload, seeds: indexes.map((index) => (episodes[index] as { seed: number }).seed) })),
    );
    const outcomes = await pool.run(tasks, { signal });
    return candidates.map((_, candidate) => {
      const figures = new Array<(typeof outcomes)[number][number]>(episodes.length);
      for (const [run, { indexes }] of runs.entries()) {
        const found = outcomes[candidate * runs.length + run] ?? [];
        for (const [position, index] of indexes.entries()) figures[index] = found[position] as (typeof figures)[number];
      }
      return figures;
    });
  };
}

function candidateOf(base: ListRules, parameters: Float64Array | undefined): PolicySpec {
  return parameters === undefined ? { kind: 'rules', name: 'heuristic', rules: base } : { kind: 'candidate', name: 'candidate', base, parameters };
}

/** What agents are told where it decides, so that it can tell later when a state is strange. */
function seenIn(base: ListRules, parameters: Float64Array, places: readonly LearningPlace[]): { readonly seen?: FeatureRange } {
  const recorder = new FeatureRecorder();
  const policy = new LearnedPolicy('look', base, parameters, (features) => recorder.add(features));
  for (const { workload, scenario } of places) {
    const simulation = new ExecutorSimulation(scenario.executorCount);
    for (let look = 0; look < lookCount; look += 1) simulation.run(arrivalsOf(workload, scenario.arrivals, firstLookSeed + look), firstLookSeed + look, policy);
  }
  return recorder.range === undefined ? {} : { seen: recorder.range };
}
