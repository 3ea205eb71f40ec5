import { encodeParameters, FeatureRecorder, LearnedPolicy, type FeatureRange, type PolicyArtifact, type TrainingObjective } from '../../domain/agents/index.js';
import { arrivalsOf, ExecutorSimulation, type ListRules, type Workload } from '../../domain/index.js';
import { trainPolicy, type Evaluate, type EvolutionSettings, type ScenarioGroup } from '../../domain/training/index.js';
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
  readonly seed: number;
  readonly generations: number;
  readonly objective: TrainingObjective;
  /** The heuristic that is begun with. */
  readonly base: ListRules;
  /** Of one kind, or of both where one policy shall do for all. */
  readonly places: readonly LearningPlace[];
  readonly pool: EpisodePool;
  readonly signal?: AbortSignal | undefined;
  /** What a generation sees of the places, by name. @default a group a kind */
  readonly groups?: readonly ScenarioGroup[];
  /** Parameters to begin with. @default the heuristic itself */
  readonly start?: Float64Array;
  readonly settings?: EvolutionSettings;
  /** @param bestPercent of the objective of what it began as, on episodes for choosing. */
  readonly onGeneration: (generation: number, bestPercent: number) => void;
}

/** A heuristic with learned corrections. */
export interface Learned {
  readonly base: ListRules;
  readonly parameters: Float64Array;
  readonly places: readonly LearningPlace[];
  /** That is kept, of so many. */
  readonly generation: number;
  readonly generations: number;
  readonly episodeCount: number;
}

/** A generation sees so many episodes of one scenario of each kind: a stream is worth several batches. */
const episodeCounts = { batch: 3, stream: 1 } as const;
/** Of each scenario, to choose the generation by. */
const validationCounts = { batch: 8, stream: 4 } as const;
/** What agents are told is looked at in so many episodes of each scenario. */
const lookCount = 4;
const firstLookSeed = 600_000;

/** Learns corrections of a heuristic by evolution strategies over a mixture of scenarios, in the threads of a pool. Equal questions give equal corrections. */
export async function learn({ seed, generations, objective, base, places, pool, signal, groups = groupsOf(places), onGeneration, ...given }: LearningQuestion): Promise<Learned> {
  const { parameters, generation, episodeCount } = await trainPolicy({
    ...{ seed, generations, objective, groups, ...given },
    evaluate: evaluator(base, places, pool, signal),
    onGeneration: (report) => onGeneration(report.generation, 100 * (report.best - 1)),
  });
  return { base, parameters, places, generation, generations, episodeCount };
}

/** Makes one policy of what was learned: of the first alone, or of the first for jobs that come all at once and the second for those that come one by one. */
export function artifactOf({ name, seed, objective }: Pick<PolicyArtifact, 'name' | 'seed' | 'objective'>, [first, oneByOne]: readonly [Learned, Learned?]): PolicyArtifact {
  const all = oneByOne === undefined ? [first] : [first, oneByOne];
  const places = all.flatMap((learned) => learned.places);
  const expertOf = ({ base, parameters }: Learned) => ({ base, parameters: encodeParameters(parameters) });
  return {
    ...{ format: 'orrery-policy-1', name, ...expertOf(first), generation: first.generation, seed, objective },
    ...(oneByOne === undefined ? {} : { oneByOne: expertOf(oneByOne) }),
    training: { workloads: [...new Set(places.map(({ workload }) => workload.name))], scenarios: places.map((place) => scenarioWords(place.scenario)), episodeCount: episodesOf(all), choice: choiceWords(all) },
    ...seenBy(all),
  };
}

export function episodesOf(all: readonly Learned[]): number {
  return all.reduce((sum, { episodeCount }) => sum + episodeCount, 0);
}

/** How the generation that is kept was chosen. */
export function choiceWords(all: readonly Learned[]): string {
  return `kept is generation ${all.map(({ generation, generations }) => `${generation} of ${generations}`).join(', and ')}, the best on episodes that were neither learned from nor are judged on`;
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

/** What agents are told where they decide, so that a policy can tell later when a state is strange. */
function seenBy(all: readonly Learned[]): { readonly seen?: FeatureRange } {
  const recorder = new FeatureRecorder();
  for (const { base, parameters, places } of all) {
    const policy = new LearnedPolicy('look', base, parameters, (features) => recorder.add(features));
    for (const { workload, scenario } of places) {
      const simulation = new ExecutorSimulation(scenario.executorCount);
      for (let look = 0; look < lookCount; look += 1) simulation.run(arrivalsOf(workload, scenario.arrivals, firstLookSeed + look), firstLookSeed + look, policy);
    }
  }
  return recorder.range === undefined ? {} : { seen: recorder.range };
}
