import type { FailureFacts } from './failure-facts.js';
import type { FailureTopic } from './failure-features.js';
import type { FailureQuery } from './outcome-point.js';
import { tallyOf, type Tally } from './tally.js';

type Sentence = (facts: FailureFacts, query: FailureQuery) => string | null;

const hourMs = 3_600_000;

/** Fewer runs than this do not show what is usual. */
const leastUsualRuns = 5;

const timesOf = ({ failed, runs }: Tally): string => `${failed} of ${runs} times`;
const runsOf = ({ failed, runs }: Tally): string => (runs === 1 ? `${failed} of 1 run` : `${failed} of the last ${runs} runs`);

function agoText(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} d`;
}

function usualText({ failed, runs }: Tally): string {
  const ofTen = Math.round((10 * failed) / runs);
  return failed === 0 ? 'usually none' : `usually ${ofTen === 0 ? 'less than 1' : ofTen} of 10`;
}

const sentences: Readonly<Record<FailureTopic, Sentence>> = {
  recent: ({ last10, earlier }) => (last10.runs < 2 ? null : `failed ${runsOf(last10)}${earlier.runs < leastUsualRuns ? '' : ` (${usualText(earlier)})`}`),
  streak: ({ latest, streak, afterSuch }) => {
    if (latest === null) return null;
    const runs = streak === 1 ? 'the last run' : `the last ${streak} runs`;
    const after = afterSuch.runs < 3 ? '' : ` (after a ${latest.failed ? 'failure' : 'success'} it failed ${timesOf(afterSuch)})`;
    return `${runs} ${latest.failed ? 'failed' : 'succeeded'}${after}`;
  },
  trend: ({ last10, earlier }) => {
    if (earlier.runs < leastUsualRuns) return null;
    const change = last10.failed / last10.runs - earlier.failed / earlier.runs;
    const words = Math.abs(change) < 0.05 ? 'as often as' : change > 0 ? 'more often than' : 'less often than';
    return `fails ${words} before: ${last10.failed} of the last ${last10.runs} runs, ${earlier.failed} of the ${earlier.runs} before`;
  },
  revision: ({ sameRevision, firstRuns }) => {
    if (sameRevision === null) return null;
    if (sameRevision.length === 0) return `first run of this revision${firstRuns.length < 3 ? '' : ` (first runs failed ${timesOf(tallyOf(firstRuns))})`}`;
    return `failed ${runsOf(tallyOf(sameRevision))} of this revision`;
  },
  flaky: ({ changedReruns, changes }) => {
    if (changedReruns.runs > 0) return `ended differently in ${changedReruns.failed} of ${changedReruns.runs} reruns of one revision`;
    return changes.runs < 2 ? null : `the result changed ${changes.failed === 1 ? 'once' : `${changes.failed} times`} in the last ${changes.runs + 1} runs`;
  },
  gap: ({ latest }, { atMs }) => (latest === null ? null : `the last run ended ${agoText(Math.max(atMs - latest.finishedAtMs, 0))} ago`),
  attempt: (_, { attempt }) => `this is attempt ${attempt}`,
  ref: ({ sameRef }) => (sameRef === null ? null : sameRef.length === 0 ? 'no earlier run of this branch is known' : `failed ${runsOf(tallyOf(sameRef.slice(-10)))} of this branch`),
  trigger: ({ sameTrigger }) => (sameTrigger === null || sameTrigger.length === 0 ? null : `failed ${runsOf(tallyOf(sameTrigger.slice(-10)))} that were started this way`),
  time: ({ sameHour }, { atMs }) => (sameHour.runs === 0 ? null : `failed ${timesOf(sameHour)} around this time of day (${new Date(Math.round(atMs / hourMs) * hourMs).toISOString().slice(11, 16)} UTC)`),
  neighbours: ({ neighbours }) => {
    const { failed, runs } = tallyOf(neighbours.slice(-10));
    return runs === 0 ? null : `other workflows of the repository failed ${failed} of their last ${runs} runs`;
  },
  duration: ({ durationRatio }) => (durationRatio === null ? null : `the last run took ${Math.round(100 * durationRatio)} % of the time of a usual success`),
  amount: ({ points }) => (points.length === 0 ? 'no earlier run is known' : `${points.length} earlier ${points.length === 1 ? 'run is' : 'runs are'} known`),
};

/** How much a topic moved the prediction, in log odds of a failure. */
export type TopicWeights = Readonly<Partial<Record<FailureTopic, number>>>;

/** What is said where less than three topics weighed anything. */
const fillers: readonly FailureTopic[] = ['amount', 'recent', 'revision', 'ref', 'attempt', 'time'];
const reasonCount = 3;

/** The three topics that weigh most and can be told, in words; fewer where less is known. */
export function failureReasons(weights: TopicWeights, facts: FailureFacts, query: FailureQuery): string[] {
  const weighed = (Object.entries(weights) as [FailureTopic, number][]).filter(([, weight]) => weight !== 0).sort(([, left], [, right]) => Math.abs(right) - Math.abs(left));
  const topics = new Set([...weighed.map(([topic]) => topic), ...fillers]);
  const told = [...topics].flatMap((topic) => sentences[topic](facts, query) ?? []);
  return [...new Set(told)].slice(0, reasonCount);
}
