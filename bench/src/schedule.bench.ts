import { isOrreryError, OrreryError } from '@orrery/errors';
import { namedRules, type ArrivalPattern } from '@orrery/scheduler/domain';
import { compareOn, EpisodePool, evaluatePolicies, tuneInThreads, type Evaluation, type PolicySpec } from '@orrery/scheduler/training';
import { dataFolder } from './baseline/evaluation-data.js';
import { parseOptions } from './harness/options.js';
import { progress, report } from './harness/report.js';
import { rounded } from './harness/statistics.js';
import { learnedPolicies, untrainedOn } from './schedule/learned-policies.js';
import { measuredJobs } from './schedule/measured-jobs.js';
import { rangeOf } from './schedule/ranges.js';

// Completion times of jobs under the learned policies, beside the list schedulers that people use and the best of 264 of them, which is tuned here on
// the same jobs with other seeds. Every policy sees the same sequences of jobs with the same luck for each task.

/** Tuning seeds begin here; those below are for evaluation only. */
const firstTuningSeed = 100_000;

const options = parseOptions('schedule', {
  data: { type: 'string' },
  scenario: { type: 'string', default: 'batch' },
  seeds: { type: 'string' },
  jobs: { type: 'string' },
  executors: { type: 'string', default: '50' },
  gap: { type: 'string', default: '25' },
  policy: { type: 'string', multiple: true },
  'tuning-seeds': { type: 'string' },
  workers: { type: 'string', default: '2' },
});

function numberOf(name: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= least) || !Number.isFinite(value)) throw new OrreryError('ORRERY_VALIDATION', `--${name}: expected a number of ${least} or more, got ${text}`);
  return value;
}

function arrivalsOf(scenario: string): ArrivalPattern {
  const jobs = options.jobs === undefined ? undefined : numberOf('jobs', options.jobs, 1);
  if (scenario === 'batch') return { initialJobs: jobs ?? 20, laterJobs: 0, meanGapMs: 0 };
  if (scenario === 'stream') return { initialJobs: 1, laterJobs: jobs ?? 200, meanGapMs: numberOf('gap', options.gap, 0.001) * 1000 };
  throw new OrreryError('ORRERY_VALIDATION', `--scenario: expected batch or stream, got ${scenario}`);
}

/** How much shorter completion is, and how much less was used, than under another policy; shares below 0 are better. */
function against(evaluation: Evaluation, policy: string, other: string) {
  const [time, used] = [compareOn(evaluation, [policy, other], 'meanCompletionSeconds'), compareOn(evaluation, [policy, other], 'executorSeconds')];
  const share = (ratio: number) => rounded(ratio - 1, 4);
  return { jct: share(time.ratio), ci: [share(time.low), share(time.high)], exec: share(used.ratio), exec_ci: [share(used.low), share(used.high)], wins: `${time.wins}/${time.count}` };
}

async function measure(pool: EpisodePool): Promise<void> {
  const { scenario = 'batch' } = options;
  const [arrivals, executorCount] = [arrivalsOf(scenario), numberOf('executors', options.executors, 1)];
  const seeds = rangeOf(options.seeds ?? (scenario === 'batch' ? '0..99' : '0..19'));
  const workload = measuredJobs(dataFolder(options.data));
  const learned = learnedPolicies(options.policy ?? []);
  const tuningSeeds = numberOf('tuning-seeds', options['tuning-seeds'] ?? (scenario === 'batch' ? '40' : '8'), 1);
  progress(`tuning 264 list schedulers on ${tuningSeeds} other sequences of ${workload.name} ...`);
  const seedsOfTuning = Array.from({ length: tuningSeeds }, (_, index) => firstTuningSeed + index);
  // Without halving: the baseline is to be as strong as the family allows.
  const rules = await tuneInThreads(pool, [{ workload, scenario: { name: scenario, arrivals, executorCount }, seeds: seedsOfTuning }], { halvings: 0 });
  const tuned: PolicySpec = { kind: 'rules', name: 'tuned', rules };
  const named = Object.entries(namedRules).map(([name, own]): PolicySpec => ({ kind: 'rules', name, rules: own }));
  progress(`tuned: ${JSON.stringify(rules)}; playing ${seeds.length} sequences ...`);
  const evaluation = await evaluatePolicies({ workload, scenario: { name: scenario, arrivals }, executors: executorCount, seeds, policies: [...named, tuned, untrainedOn(rules), ...learned], pool });
  const others = ['fifo', 'fair', 'tuned'];
  const comparisons = Object.fromEntries(learned.map(({ name }) => [name, Object.fromEntries(others.map((other) => [other, against(evaluation, name, other)]))]));
  const figures = evaluation.policies.map(({ policy, meanCompletionSeconds, p95CompletionSeconds, executorSeconds, decisionP50Us, decisionP99Us }) => ({
    policy,
    jct_s: rounded(meanCompletionSeconds, 2),
    p95_s: rounded(p95CompletionSeconds, 1),
    executor_seconds: Math.round(executorSeconds),
    decision_p50_us: rounded(decisionP50Us, 1),
    decision_p99_us: rounded(decisionP99Us, 1),
  }));
  const valuesOf = (name: string) => JSON.stringify(evaluation.policies.find(({ policy }) => policy === name)?.bySequence);
  report(
    figures.map((row) => ({ ...row, ...Object.fromEntries(others.map((other) => [`jct_vs_${other}`, comparisons[row.policy]?.[other]?.jct ?? ''])) })),
    {
      bench: 'schedule',
      scenario,
      workload: workload.name,
      jobs: evaluation.jobCount,
      ...(scenario === 'stream' ? { gap_s: arrivals.meanGapMs / 1000 } : {}),
      executors: executorCount,
      seeds: seeds.length,
      tuned_rules: rules,
      policies: figures,
      learned_vs: comparisons.learned ?? Object.values(comparisons)[0] ?? null,
      policies_vs: comparisons,
      untrained_equals_tuned: valuesOf('untrained') === valuesOf('tuned'),
    },
  );
}

const pool = new EpisodePool({ workerCount: Math.round(Number(options.workers)) || 2 });
try {
  await measure(pool);
} catch (error) {
  if (!isOrreryError(error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
} finally {
  await pool.close();
}
