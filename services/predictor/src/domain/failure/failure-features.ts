import { median } from '@orrery/stats';
import { failureFacts, type FailureFacts } from './failure-facts.js';
import type { DecidedPoint, FailureQuery, OutcomePoint } from './outcome-point.js';
import { fadingTallyOf, rateOf, tallyOf } from './tally.js';

/** What kind of thing a feature tells of: features of one topic share a reason. */
export type FailureTopic = 'recent' | 'streak' | 'trend' | 'revision' | 'flaky' | 'gap' | 'attempt' | 'ref' | 'trigger' | 'time' | 'neighbours' | 'duration' | 'amount';

interface Feature {
  readonly name: string;
  readonly topic: FailureTopic;
  /** NaN where it is not known. */
  readonly valueOf: (facts: FailureFacts, query: FailureQuery) => number;
}

const unknown = Number.NaN;
const flag = (value: boolean | undefined): number => (value === undefined ? unknown : Number(value));
const logSecondsAgo = (fromMs: number | undefined, atMs: number): number => (fromMs === undefined ? unknown : Math.log1p(Math.max(atMs - fromMs, 0) / 1000));
const rateOfLast = (points: readonly DecidedPoint[] | null, count: number): number => rateOf(tallyOf((points ?? []).slice(-count)));

const features: readonly Feature[] = [
  { name: 'last_failed', topic: 'streak', valueOf: ({ latest }) => flag(latest?.failed) },
  { name: 'second_last_failed', topic: 'recent', valueOf: ({ points }) => flag(points.at(-2)?.failed) },
  { name: 'third_last_failed', topic: 'recent', valueOf: ({ points }) => flag(points.at(-3)?.failed) },
  { name: 'rate_of_3', topic: 'recent', valueOf: ({ last3 }) => rateOf(last3) },
  { name: 'rate_of_10', topic: 'recent', valueOf: ({ last10 }) => rateOf(last10) },
  { name: 'rate_of_all', topic: 'recent', valueOf: ({ all }) => rateOf(all) },
  { name: 'rate_fading', topic: 'recent', valueOf: ({ points }) => rateOf(fadingTallyOf(points)) },
  { name: 'rate_change', topic: 'trend', valueOf: ({ last10, earlier }) => rateOf(last10) - rateOf(earlier) },
  { name: 'signed_streak', topic: 'streak', valueOf: ({ latest, streak }) => (latest === null ? unknown : latest.failed ? streak : -streak) },
  { name: 'rate_after_such', topic: 'streak', valueOf: ({ afterSuch }) => rateOf(afterSuch) },
  { name: 'change_rate', topic: 'flaky', valueOf: ({ changes }) => rateOf(changes) },
  { name: 'changed_rerun_rate', topic: 'flaky', valueOf: ({ changedReruns }) => rateOf(changedReruns) },
  { name: 'rerun_count', topic: 'flaky', valueOf: ({ changedReruns }) => changedReruns.runs },
  { name: 'runs_of_revision', topic: 'revision', valueOf: ({ sameRevision }) => sameRevision?.length ?? unknown },
  { name: 'last_of_revision_failed', topic: 'revision', valueOf: ({ sameRevision }) => flag(sameRevision?.at(-1)?.failed) },
  { name: 'rate_of_revision', topic: 'revision', valueOf: ({ sameRevision }) => rateOfLast(sameRevision, 64) },
  { name: 'first_run_rate', topic: 'revision', valueOf: ({ firstRuns }) => rateOf(tallyOf(firstRuns)) },
  { name: 'last_ago', topic: 'gap', valueOf: ({ latest }, { atMs }) => logSecondsAgo(latest?.finishedAtMs, atMs) },
  { name: 'last_failure_ago', topic: 'gap', valueOf: ({ points }, { atMs }) => logSecondsAgo(points.findLast(({ failed }) => failed)?.finishedAtMs, atMs) },
  { name: 'last_success_ago', topic: 'gap', valueOf: ({ points }, { atMs }) => logSecondsAgo(points.findLast(({ failed }) => !failed)?.finishedAtMs, atMs) },
  { name: 'usual_gap', topic: 'gap', valueOf: ({ points }) => usualGap(points) },
  { name: 'attempt', topic: 'attempt', valueOf: (_, { attempt }) => attempt },
  { name: 'last_of_ref_failed', topic: 'ref', valueOf: ({ sameRef }) => flag(sameRef?.at(-1)?.failed) },
  { name: 'rate_of_ref', topic: 'ref', valueOf: ({ sameRef }) => rateOfLast(sameRef, 10) },
  { name: 'runs_of_ref', topic: 'ref', valueOf: ({ sameRef }) => sameRef?.length ?? unknown },
  { name: 'last_of_trigger_failed', topic: 'trigger', valueOf: ({ sameTrigger }) => flag(sameTrigger?.at(-1)?.failed) },
  { name: 'rate_of_trigger', topic: 'trigger', valueOf: ({ sameTrigger }) => rateOfLast(sameTrigger, 10) },
  { name: 'trigger_as_last', topic: 'trigger', valueOf: ({ latest }, { trigger }) => (latest === null ? unknown : Number(latest.trigger === trigger)) },
  { name: 'rate_of_hour', topic: 'time', valueOf: ({ sameHour }) => rateOf(sameHour) },
  { name: 'hour', topic: 'time', valueOf: (_, { atMs }) => new Date(atMs).getUTCHours() },
  { name: 'weekday', topic: 'time', valueOf: (_, { atMs }) => new Date(atMs).getUTCDay() },
  { name: 'rate_of_neighbours', topic: 'neighbours', valueOf: ({ neighbours }) => rateOfLast(neighbours, 10) },
  { name: 'last_neighbour_failed', topic: 'neighbours', valueOf: ({ neighbours }) => flag(neighbours.at(-1)?.failed) },
  { name: 'neighbours_of_revision', topic: 'neighbours', valueOf: ({ neighbours }, { revision }) => rateOf(tallyOf(neighbours.filter((point) => point.revision === revision))) },
  { name: 'last_duration_ratio', topic: 'duration', valueOf: ({ durationRatio }) => durationRatio ?? unknown },
  { name: 'run_count', topic: 'amount', valueOf: ({ points }) => points.length },
];

/** The names of {@link failureFeatures}, in their order. */
export const failureFeatureNames: readonly string[] = features.map(({ name }) => name);

/** The topic of each feature, in their order. */
export const failureFeatureTopics: readonly FailureTopic[] = features.map(({ topic }) => topic);

/**
 * What is known of a run before it starts, as numbers: NaN where something is not known.
 *
 * @param history at most the last 64 results, in any order; what ended after the moment that is asked for is not looked at.
 * @returns one value a name of {@link failureFeatureNames}.
 */
export function failureFeatures(history: readonly OutcomePoint[], query: FailureQuery): Float32Array {
  return featuresOf(failureFacts(history, query), query);
}

export function featuresOf(facts: FailureFacts, query: FailureQuery): Float32Array {
  return Float32Array.from(features, ({ valueOf }) => valueOf(facts, query));
}

function usualGap(points: readonly DecidedPoint[]): number {
  const gaps = points.slice(1).map(({ finishedAtMs }, index) => finishedAtMs - (points[index]?.finishedAtMs ?? finishedAtMs));
  return gaps.length === 0 ? unknown : Math.log1p(median(gaps) / 1000);
}
