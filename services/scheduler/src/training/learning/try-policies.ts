import { namedRules, type ListRules } from '../../domain/index.js';
import type { Evaluation } from '../../domain/release/figures.js';
import { fairName, tunedName } from '../../domain/release/release-gate.js';
import { scenarioOf, stressedScenarios } from '../../domain/release/scenarios.js';
import type { Scenario } from '../../domain/release/scenario.js';
import type { EpisodePool } from '../episodes/episode-pool.js';
import type { PolicySpec } from '../episodes/policy-spec.js';
import { evaluatePolicies } from '../evaluation/evaluate-policies.js';
import type { Conditions } from './learning-job.js';
import { tuneInThreads } from './tune-in-threads.js';
import type { Workloads } from './workload-of.js';

/** Sequences that a policy is released on; below 10,000, so that nothing was tuned, learned or chosen on them, and not those of the benchmarks. */
export const firstReleaseSeed = 1000;
const firstTuningSeed = 200_000;
const tuningSequences = { batch: 32, stream: 8 } as const;
const streamShare = 0.4;
const stressShare = 0.3;
const fewestSequences = 5;

export interface Place {
  readonly kind: 'batch' | 'stream';
  readonly scenario: Scenario;
  /** Sequences that decide. */
  readonly sequenceCount: number;
}

export function placesOf(workload: Workloads['judged'], { kinds, executorCount, batchJobs, streamJobs, meanGapMs, sequenceCount }: Conditions): readonly Place[] {
  return kinds.map((kind) => ({
    kind,
    scenario: scenarioOf(workload, { kind, executorCount, jobCount: kind === 'batch' ? batchJobs : streamJobs, meanGapMs }),
    sequenceCount: kind === 'batch' ? sequenceCount : Math.max(fewestSequences, Math.round(streamShare * sequenceCount)),
  }));
}

export interface Report {
  readonly pool: EpisodePool;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress: (share: number, words: string) => void;
}

/** The best heuristic for each place alone: the strongest baseline there is without learning. */
export async function tuneEach(workload: Workloads['learned'], places: readonly Place[], lambda: number, { pool, signal, onProgress }: Report): Promise<readonly ListRules[]> {
  const tuned: ListRules[] = [];
  for (const [index, { kind, scenario }] of places.entries()) {
    const seeds = seedsFrom(firstTuningSeed, tuningSequences[kind]);
    const options = { lambda, signal, onProgress: (done: number, all: number) => onProgress((index + done / all) / places.length, `${scenario.name}: ${done} of ${all} episodes of heuristics`) };
    tuned.push(await tuneInThreads(pool, [{ workload, scenario, seeds }], options));
  }
  return tuned;
}

export interface Tried {
  readonly main: readonly Evaluation[];
  readonly stress: readonly Evaluation[];
}

export interface TrialPlan {
  readonly candidate: PolicySpec;
  readonly rivals: readonly PolicySpec[];
  readonly workloads: Workloads;
  readonly places: readonly Place[];
  /** By place. */
  readonly tuned: readonly ListRules[];
  readonly conditions: Conditions;
}

/** Runs a candidate beside every baseline on unseen sequences, and beside fair and the tuned heuristic in every stress scenario. */
export async function tryCandidate({ candidate, rivals, workloads, places, tuned, conditions }: TrialPlan, { pool, signal, onProgress }: Report): Promise<Tried> {
  const stressed = places.flatMap((place, index) => stressesOf(place, workloads, conditions).map((one) => ({ ...one, tuned: tuned[index] as ListRules })));
  const all = places.length + stressed.length;
  const main: Evaluation[] = [];
  const stress: Evaluation[] = [];
  const run = async (workload: Workloads['judged'], scenario: Scenario, seeds: readonly number[], policies: readonly PolicySpec[]) => {
    const { executorCount: executors, ...rest } = scenario;
    const before = main.length + stress.length;
    return await evaluatePolicies({ workload, scenario: rest, executors, seeds, policies, pool, signal, onProgress: (done, count) => onProgress((before + done / count) / all, `${scenario.name} of ${workload.name}`) });
  };
  for (const [index, { scenario, sequenceCount }] of places.entries()) {
    main.push(await run(workloads.judged, scenario, seedsFrom(firstReleaseSeed, sequenceCount), [candidate, tunedSpec(tuned[index] as ListRules), ...namedSpecs(), ...rivals]));
  }
  for (const { workload, scenario, sequenceCount, tuned: rules } of stressed) {
    const fair: PolicySpec = { kind: 'rules', name: fairName, rules: namedRules.fair };
    stress.push(await run(workload, scenario, seedsFrom(firstReleaseSeed, sequenceCount), [candidate, fair, tunedSpec(rules)]));
  }
  return { main, stress };
}

function stressesOf({ kind, scenario, sequenceCount }: Place, { judged, strange }: Workloads, conditions: Conditions) {
  const count = Math.max(fewestSequences, Math.round(stressShare * sequenceCount));
  const own = stressedScenarios(scenario).map((one) => ({ workload: judged, scenario: one, sequenceCount: count }));
  const wish = (of: 'batch' | 'stream') => ({ kind: of, executorCount: conditions.executorCount, jobCount: of === 'batch' ? conditions.batchJobs : conditions.streamJobs });
  const others = strange.map((workload) => ({ workload, scenario: scenarioOf(workload, wish(kind)), sequenceCount: count }));
  // Whoever learned in batches alone will meet streams all the same.
  const unasked = (['batch', 'stream'] as const).filter((one) => !conditions.kinds.includes(one)).map((one) => ({ workload: judged, scenario: scenarioOf(judged, wish(one)), sequenceCount: count }));
  return [...own, ...others, ...unasked];
}

export function tunedSpec(rules: ListRules): PolicySpec {
  return { kind: 'rules', name: tunedName, rules };
}

/** Every heuristic that people know by name. */
export function namedSpecs(): readonly PolicySpec[] {
  return Object.entries(namedRules).map(([name, rules]) => ({ kind: 'rules', name, rules }));
}

/** Rules in words, such as `shares ~ remaining work^-0.5, asks remaining work first`. */
export function rulesWords({ order, shareExponent, shareBy, staysLocal, givesLeftovers, stage }: ListRules): string {
  const words = (text: string) => text.replace('-', ' ');
  const shares = shareExponent === null ? 'no shares' : shareExponent === 0 ? 'equal shares' : `shares ~ ${words(shareBy)}^${Number(shareExponent.toFixed(2))}`;
  const extras = [staysLocal ? 'executors stay with their job' : '', givesLeftovers ? 'leftovers are given away' : '', stage === 'critical-work' ? 'critical path' : ''];
  return [shares, order === 'arrival' ? 'in order of arrival' : `least ${words(order)} first`, ...extras.filter((extra) => extra !== '')].join(', ');
}

export function seedsFrom(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}
