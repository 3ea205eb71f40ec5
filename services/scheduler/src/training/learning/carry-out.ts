import { parameterCountOf } from '../../domain/agents/index.js';
import type { ListRules } from '../../domain/index.js';
import type { Evaluation } from '../../domain/release/figures.js';
import { cardFigures, changeOf } from '../../domain/release/model-card.js';
import { compareOn } from '../../domain/release/objective.js';
import { scenarioWords } from '../../domain/release/scenarios.js';
import type { EpisodePool } from '../episodes/episode-pool.js';
import { evaluatePolicies } from '../evaluation/evaluate-policies.js';
import { judge, rivalSpec } from './judge-policy.js';
import { artifactOf, choiceWords, episodesOf, learn, type Learned } from './learn.js';
import type { EvaluatedScenario, EvaluationJob, EvaluationResult, LearningJob, LearningProgress, LearningResult, TrainingJob, TrainingResult } from './learning-job.js';
import { learningPlaces } from './learning-places.js';
import { placesOf, rulesWords, seedsFrom, tuneEach, tunedSpec, type Place, type Report } from './try-policies.js';
import { workloadsOf, type Workloads } from './workload-of.js';

export interface Surroundings {
  readonly pool: EpisodePool;
  readonly onProgress: (progress: LearningProgress) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Roughly what share of a training each phase takes. */
const phases = { tuning: [0, 0.15], learning: [0.15, 0.75], trying: [0.75, 1] } as const;
const idle = { generation: null, generations: null, bestPercent: null } as const;

/**
 * Carries out a training or an evaluation from beginning to end. Equal jobs give equal results, whatever runs beside them; only the times differ.
 *
 * @throws ORRERY_VALIDATION when the jobs cannot be run.
 */
export async function carryOut(job: LearningJob, surroundings: Surroundings): Promise<LearningResult> {
  surroundings.onProgress({ phase: 'reading', share: 0, ...idle, words: 'jobs are read' });
  return job.kind === 'training' ? await carryOutTraining(job, surroundings) : await carryOutEvaluation(job, surroundings);
}

async function carryOutTraining(job: TrainingJob, { pool, onProgress, signal }: Surroundings): Promise<TrainingResult> {
  const startedMs = performance.now();
  const workloads = workloadsOf(job.workload);
  const places = placesOf(workloads.learned, job.conditions);
  const report = (phase: 'tuning' | 'trying'): Report => ({ pool, signal, onProgress: (share, words) => onProgress({ phase, share: within(phase, share), ...idle, words }) });
  const tuned = await tuneEach(workloads.learned, places, job.lambda, report('tuning'));
  const [first, ...others] = await learnEach(job, { workloads, places, tuned }, { pool, signal, onProgress });
  const all = [first, ...others];
  const artifact = artifactOf({ name: job.name, seed: job.seed, objective: { lambda: job.lambda, tail: job.tail } }, [first, others[0]]);
  const wallSeconds = Math.round((performance.now() - startedMs) / 100) / 10;
  const training = { seed: job.seed, generations: job.generations, episodes: episodesOf(all), parameters: parameterCountOf(artifact), wallSeconds, words: learningWords(all) };
  const judged = await judge(job, { artifact, training }, { workloads, tuned }, report('trying'));
  return { kind: 'training', artifact, ...judged };
}

interface Ground {
  readonly workloads: Workloads;
  readonly places: readonly Place[];
  /** By place. */
  readonly tuned: readonly ListRules[];
}

/** One expert for each kind of arrivals, which stands on the heuristic that is best for those: what is best for a batch leaves too little room for those who come next. */
async function learnEach({ seed, generations, lambda, tail, conditions }: TrainingJob, { workloads, places, tuned }: Ground, { pool, signal, onProgress }: Surroundings): Promise<readonly [Learned, ...Learned[]]> {
  const all: Learned[] = [];
  for (const [index, place] of places.entries()) {
    const onGeneration = (generation: number, bestPercent: number): void => {
      const done = index * generations + generation;
      const whole = places.length * generations;
      onProgress({ phase: 'learning', share: within('learning', done / whole), generation: done, generations: whole, bestPercent, words: `${place.kind}: generation ${generation} of ${generations}` });
    };
    all.push(await learn({ seed, generations, objective: { lambda, tail }, base: tuned[index] as ListRules, places: learningPlaces(workloads, [place], conditions), pool, signal, onGeneration }));
  }
  return all as [Learned, ...Learned[]];
}

function learningWords(all: readonly Learned[]): string {
  const scenarios = all.reduce((sum, { places }) => sum + places.length, 0);
  return `antithetic evolution strategies over ${scenarios} scenarios, ${all.length === 1 ? 'begun as the tuned heuristic' : 'an expert for jobs that come all at once and one for jobs that come one by one, each begun as the heuristic tuned for those'}; ${choiceWords(all)}`;
}

async function carryOutEvaluation(job: EvaluationJob, { pool, onProgress, signal }: Surroundings): Promise<EvaluationResult> {
  const { judged, learned } = workloadsOf(job.workload);
  const places = placesOf(judged, job.conditions);
  const tellTuning = (share: number, words: string) => onProgress({ phase: 'tuning', share: 0.4 * share, ...idle, words });
  const tuned = job.withTuned ? await tuneEach(learned, places, 0, { pool, signal, onProgress: tellTuning }) : [];
  const from = job.withTuned ? 0.4 : 0;
  const scenarios: EvaluatedScenario[] = [];
  for (const [index, { scenario: { executorCount: executors, ...scenario }, sequenceCount }] of places.entries()) {
    const rules = tuned[index];
    const policies = [...(rules === undefined ? [] : [tunedSpec(rules)]), ...job.policies, ...job.rivals.map(rivalSpec)];
    const tell = (done: number, all: number) => onProgress({ phase: 'trying', share: from + ((1 - from) * (index + done / all)) / places.length, ...idle, words: `${scenario.name}: ${done} of ${all} episodes` });
    const evaluation = await evaluatePolicies({ workload: judged, scenario, executors, seeds: seedsFrom(job.firstSeed, sequenceCount), policies, pool, signal, onProgress: tell });
    scenarios.push(evaluatedScenario(evaluation, job.baselines));
  }
  const lambdas = Object.fromEntries(job.rivals.map(({ name, lambda }) => [name, lambda]));
  return { kind: 'evaluation', scenarios, lambdas, tuned: Object.fromEntries(places.flatMap(({ scenario }, index) => (tuned[index] === undefined ? [] : [[scenario.name, rulesWords(tuned[index])]]))) };
}

function evaluatedScenario(evaluation: Evaluation, baselines: readonly string[]): EvaluatedScenario {
  const { scenario, workload, jobCount: jobs, seeds, policies } = evaluation;
  const names = policies.map(({ policy }) => policy);
  const comparisons = names.flatMap((policy) =>
    baselines
      .filter((baseline) => baseline !== policy && names.includes(baseline))
      .map((baseline) => {
        const change = (measure: Parameters<typeof compareOn>[2]) => changeOf(compareOn(evaluation, [policy, baseline], measure));
        const completion = change('meanCompletionSeconds');
        return { policy, baseline, objective: completion, mean_completion: completion, p95_completion: change('p95CompletionSeconds'), executor_seconds: change('executorSeconds') };
      }),
  );
  const place = { name: scenario.name, words: scenarioWords(scenario), workload, jobs, executors: scenario.executorCount };
  return { ...place, sequences: seeds.length, first_seed: Math.min(...seeds), last_seed: Math.max(...seeds), figures: policies.map(cardFigures), comparisons };
}

function within(phase: keyof typeof phases, share: number): number {
  const [from, until] = phases[phase];
  return from + (until - from) * share;
}
