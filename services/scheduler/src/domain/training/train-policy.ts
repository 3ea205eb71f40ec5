import { seededRandom, type Random } from '@orrery/stats';
import type { TrainingObjective } from '../agents/policy-artifact.js';
import { firstParameters } from '../agents/layout.js';
import { Evolution, type EvolutionSettings } from './evolution.js';
import { costOf, relativeCost, type EpisodeFigures } from './relative-cost.js';

/** Scenarios of one kind: each generation sees one of them. */
export interface ScenarioGroup {
  readonly name: string;
  /** Names that the evaluation knows. */
  readonly scenarios: readonly string[];
  /** Of the group in the objective. @default 1 */
  readonly weight?: number;
  /** Episodes a generation. @default 1 */
  readonly episodeCount?: number;
  /** Episodes of each of its scenarios that the generations are compared on. @default 8 */
  readonly validationCount?: number;
}

export interface Episode {
  readonly scenario: string;
  readonly seed: number;
}

/**
 * Runs each candidate, and the heuristic where a candidate is undefined, through the same episodes.
 * Gives figures by candidate and episode, in the order given; equal arguments must give equal figures.
 */
export type Evaluate = (candidates: readonly (Float64Array | undefined)[], episodes: readonly Episode[]) => Promise<readonly (readonly EpisodeFigures[])[]>;

export interface GenerationReport {
  readonly generation: number;
  readonly generations: number;
  /** Relative to the heuristic, on the validation episodes; undefined where it was not looked. */
  readonly validation: number | undefined;
  /** Of the best that was found so far. */
  readonly best: number;
  /** Of that best: to keep while training goes on, and to begin from again. */
  readonly parameters: Float64Array;
  /** Share of mean completion time, 95th percentile and executor-seconds against the heuristic, by group; empty where it was not looked. */
  readonly groups: readonly GroupReport[];
}

export interface GroupReport {
  readonly name: string;
  readonly completion: number;
  readonly p95: number;
  readonly executorSeconds: number;
}

export interface TrainingPlan {
  readonly seed: number;
  readonly generations: number;
  readonly objective: TrainingObjective;
  readonly groups: readonly ScenarioGroup[];
  readonly evaluate: Evaluate;
  readonly onGeneration?: (report: GenerationReport) => void;
  /** Where to begin. @default the heuristic itself */
  readonly start?: Float64Array;
  readonly settings?: EvolutionSettings;
  /** Generations between two looks at the validation episodes. @default 20 */
  readonly validateEvery?: number;
}

export interface Trained {
  readonly parameters: Float64Array;
  /** Of the parameters that are kept; 0 where nothing was better than what it began with. */
  readonly generation: number;
  readonly validation: number;
  readonly episodeCount: number;
}

/** Seeds from here on are for training, those below for the choice of the generation. */
const firstTrainingSeed = 1_000_000;
const firstValidationSeed = 500_000;

/**
 * Trains a policy by evolution strategies on a mixture of scenarios, and keeps the generation that was best on episodes it was not trained on.
 * The same plan gives the same parameters, bit for bit.
 */
export async function trainPolicy(plan: TrainingPlan): Promise<Trained> {
  const { seed, generations, evaluate, validateEvery = 20, onGeneration } = plan;
  const evolution = new Evolution(plan.start ?? firstParameters(seed), generations, seed, plan.settings);
  const random = seededRandom(seed + 1);
  const validation = await Validation.begin(plan);
  let best = { parameters: Float64Array.from(evolution.average), generation: 0, validation: (await validation.of(evolution.average)).cost };
  let episodeCount = 0;
  while (evolution.generation < generations) {
    const { episodes, weights } = drawEpisodes(plan.groups, random);
    const candidates = evolution.candidates();
    const [heuristic, ...figures] = await evaluate([undefined, ...candidates], episodes);
    episodeCount += episodes.length * (candidates.length + 1);
    evolution.learn(figures.map((ofCandidate) => ofCandidate.reduce((sum, one, index) => sum + (weights[index] as number) * relativeCost(plan.objective, one, heuristic?.[index] as EpisodeFigures), 0)));
    const { generation } = evolution;
    const isLook = generation % validateEvery === 0 || generation === generations;
    const look = isLook ? await validation.of(evolution.average) : undefined;
    if (look !== undefined && look.cost < best.validation) best = { parameters: Float64Array.from(evolution.average), generation, validation: look.cost };
    onGeneration?.({ generation, generations, validation: look?.cost, best: best.validation, parameters: best.parameters, groups: look?.groups ?? [] });
  }
  return { ...best, episodeCount };
}

function drawEpisodes(groups: readonly ScenarioGroup[], random: Random): { readonly episodes: readonly Episode[]; readonly weights: readonly number[] } {
  const drawn = groups.flatMap(({ scenarios, weight = 1, episodeCount = 1 }) => {
    const scenario = scenarios[random.below(scenarios.length)] as string;
    return Array.from({ length: episodeCount }, () => ({ episode: { scenario, seed: firstTrainingSeed + random.below(1_000_000_000) }, weight: weight / episodeCount }));
  });
  return { episodes: drawn.map(({ episode }) => episode), weights: drawn.map(({ weight }) => weight) };
}

/** Episodes that are always the same, to compare generations on. */
class Validation {
  private constructor(
    private readonly plan: TrainingPlan,
    private readonly episodes: readonly (readonly Episode[])[],
    private readonly heuristic: readonly (readonly EpisodeFigures[])[],
  ) {}

  static async begin(plan: TrainingPlan): Promise<Validation> {
    const episodes = plan.groups.map(({ scenarios, validationCount = 8 }) => scenarios.flatMap((scenario) => Array.from({ length: validationCount }, (_, index) => ({ scenario, seed: firstValidationSeed + index }))));
    return new Validation(plan, episodes, await figuresOf(plan, episodes, undefined));
  }

  async of(parameters: Float64Array): Promise<{ readonly cost: number; readonly groups: readonly GroupReport[] }> {
    const { groups, objective } = this.plan;
    const figures = await figuresOf(this.plan, this.episodes, parameters);
    const all = groups.reduce((sum, { weight = 1 }) => sum + weight, 0);
    const costs = figures.map((ofGroup, index) => meanRatio(ofGroup, this.heuristic[index] as readonly EpisodeFigures[], (one) => costOf(objective, one)) + (isUnfinished(ofGroup) ? 1 : 0));
    const cost = groups.reduce((sum, { weight = 1 }, index) => sum + (weight / all) * (costs[index] as number), 0);
    return { cost, groups: groups.map(({ name }, index) => reportOf(name, figures[index] as readonly EpisodeFigures[], this.heuristic[index] as readonly EpisodeFigures[])) };
  }
}

async function figuresOf({ evaluate }: TrainingPlan, episodes: readonly (readonly Episode[])[], parameters: Float64Array | undefined): Promise<readonly (readonly EpisodeFigures[])[]> {
  const [all = []] = await evaluate([parameters], episodes.flat());
  let from = 0;
  return episodes.map(({ length }) => all.slice(from, (from += length)));
}

function reportOf(name: string, figures: readonly EpisodeFigures[], heuristic: readonly EpisodeFigures[]): GroupReport {
  return {
    name,
    completion: meanRatio(figures, heuristic, (one) => one.meanCompletionSeconds),
    p95: meanRatio(figures, heuristic, (one) => one.p95CompletionSeconds),
    executorSeconds: meanRatio(figures, heuristic, (one) => one.executorSeconds),
  };
}

/** Mean of the ratios: every episode weighs the same. */
function meanRatio(figures: readonly EpisodeFigures[], heuristic: readonly EpisodeFigures[], valueOf: (figures: EpisodeFigures) => number): number {
  return figures.reduce((sum, one, index) => sum + valueOf(one) / valueOf(heuristic[index] as EpisodeFigures), 0) / figures.length;
}

function isUnfinished(figures: readonly EpisodeFigures[]): boolean {
  return figures.some(({ jobCount, finishedCount }) => finishedCount < jobCount);
}
