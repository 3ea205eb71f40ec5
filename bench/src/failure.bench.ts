import { isOrreryError } from '@orrery/errors';
import { seededRandom } from '@orrery/stats';
import { dataFolder } from './baseline/evaluation-data.js';
import { figures, figuresOfReruns, judge, type Judged } from './failure/evaluate.js';
import { labelledRuns, type LabelledRun } from './failure/gha-runs.js';
import { knownBefore, type KnownRun, type Knowledge } from './failure/known-before.js';
import { foldsByRepository, randomSplit, splitByTime } from './failure/splits.js';
import { parseOptions } from './harness/options.js';
import { progress, report } from './harness/report.js';

// Whether labelled runs of many repositories fail, from what was known before each, beside the rule "as the run before".

const options = parseOptions('failure', { data: { type: 'string' }, seed: { type: 'string', default: '1' } });
const seed = Number(options.seed);

function runsOrEnd(): LabelledRun[] {
  try {
    return labelledRuns(dataFolder(options.data));
  } catch (error) {
    if (!isOrreryError(error)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}

/** A result may change no feature of a run that started before it: all results of the later half are turned round. */
function changedByTheFuture(runs: readonly LabelledRun[], known: readonly KnownRun[], knowledge: Knowledge): number {
  const half = runs.length >> 1;
  const turned = knownBefore(runs.map((run, index) => (index < half ? run : { ...run, failed: !run.failed })), knowledge);
  return known.slice(0, half + 1).filter(({ features }, index) => features.some((value, feature) => !Object.is(value, turned[index]!.features[feature]))).length;
}

function judgedSplits(known: readonly KnownRun[]): Record<'random' | 'by_repository' | 'by_time', Judged[]> {
  const random = judge(randomSplit(known, seededRandom(seed)), seed);
  progress('random split judged');
  const byRepository = foldsByRepository(known, seededRandom(seed)).flatMap((parts) => judge(parts, seed));
  progress('folds by repository judged');
  return { random, by_repository: byRepository, by_time: judge(splitByTime(known), seed) };
}

const runs = runsOrEnd();
progress(`${runs.length} labelled runs of ${new Set(runs.map(({ repository }) => repository)).size} repositories`);
const known = knownBefore(runs, 'published');
const splits = Object.entries(judgedSplits(known));
const clocked = Object.entries(judgedSplits(knownBefore(runs, 'clock')));

const rowOf = (split: string, which: string, { f1, auc, pr_auc, failure_recall, strawman_f1, previous_or_failure_f1, always_success_f1, untrained_f1, n }: Record<string, number>) => ({
  ...{ split, runs: which, f1, auc, pr_auc, failure_recall, strawman_f1, previous_or_failure_f1, always_success_f1, untrained_f1, n },
});
report(
  [
    ...splits.map(([split, judged]) => rowOf(split, 'all', figures(judged, seed))),
    ...splits.map(([split, judged]) => rowOf(split, 'without the first of a set', figuresOfReruns(judged, seed))),
    ...clocked.map(([split, judged]) => rowOf(split, 'all, results known when ended', figures(judged, seed))),
  ],
  {
    bench: 'failure',
    ...Object.fromEntries(splits.map(([split, judged]) => [split, figures(judged, seed)])),
    reruns_only: Object.fromEntries(splits.map(([split, judged]) => [split, figuresOfReruns(judged, seed)])),
    known_by_clock: Object.fromEntries(clocked.map(([split, judged]) => [split, figures(judged, seed)])),
    leak_check: { features_changed_by_later_results: changedByTheFuture(runs, known, 'published') },
    runs: runs.length,
  },
);
