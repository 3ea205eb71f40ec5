import type { Observation } from '@orrery/baseline/domain';
import { seededRandom } from '@orrery/stats';
import { dataFolder } from './baseline/evaluation-data.js';
import { firstDetection } from './flaky/first-detection.js';
import { failedRuns, rerunTests, type RerunTest } from './flaky/rerun-tests.js';
import { parseOptions } from './harness/options.js';
import { report } from './harness/report.js';
import { quantile, rounded } from './harness/statistics.js';

// Tests that were run thousands of times on one revision: how many reruns until a flaky one is called so, and who is called so wrongly.

const options = parseOptions('flaky', { data: { type: 'string' }, seed: { type: 'string', default: '1' } });
const tests = rerunTests(dataFolder(options.data));
const budgets = [10, 100, 1000, 10_000];

function observationOf({ project, name }: RerunTest, inputsId: string): Observation {
  return {
    ...{ kind: 'finished', observationId: '', tenantId: 'bench', subject: 'task', engine: 'tests', namespace: project, workflow: project, task: name, taskKind: 'test' },
    ...{ image: '', commandHash: '', executorClass: '', runId: '', taskId: name, attempt: 1, trigger: '', refName: '', revision: inputsId, inputsId, outcome: 'success', failureType: '' },
    ...{ queuedAtMs: null, startedAtMs: null, finishedAtMs: null, observedAtMs: 1_600_000_000_000 },
    measures: { durationMs: null, queueMs: null, peakMemoryBytes: null, cpuSeconds: null, outputSizeBytes: null, inputTokens: null, outputTokens: null, costUsd: null },
    memoryLimitBytes: null,
    errorLines: [],
  };
}

interface Rule {
  readonly name: string;
  readonly detectedAt: (test: RerunTest, failed: readonly number[]) => number | null;
}

const rules: readonly Rule[] = [
  { name: 'orrery', detectedAt: (test, failed) => firstDetection(observationOf(test, 'one revision'), failed, test.failures + test.passes) },
  // The producer tells no revision: only changes to and fro can show it.
  { name: 'orrery_without_revision', detectedAt: (test, failed) => firstDetection(observationOf(test, ''), failed, test.failures + test.passes) },
  { name: 'fails_sometimes', detectedAt: (_test, [first]) => (first === undefined ? null : first + 1) },
];

const results = rules.map(({ name, detectedAt }) => {
  const random = seededRandom(Number(options.seed));
  return { name, detections: tests.map((test) => ({ test, at: detectedAt(test, failedRuns(test, random)) })) };
});

const flakyCount = tests.filter(({ isFlaky }) => isFlaky).length;
const rows = results.flatMap(({ name, detections }) =>
  budgets.map((budget) => {
    const called = detections.filter(({ at }) => at !== null && at <= budget);
    const right = called.filter(({ test }) => test.isFlaky);
    return { rule: name, reruns: budget, called: called.length, right: right.length, precision: called.length === 0 ? null : rounded(right.length / called.length, 4), recall: rounded(right.length / flakyCount, 4) };
  }),
);

report(rows, {
  bench: 'flaky',
  tests: tests.length,
  flaky: flakyCount,
  rules: results.map(({ name, detections }) => {
    const found = detections.flatMap(({ test, at }) => (test.isFlaky && at !== null ? [at] : []));
    return {
      rule: name,
      reruns_to_detection: { p50: quantile(found, 0.5), p90: quantile(found, 0.9) },
      budgets: rows.filter(({ rule }) => rule === name).map(({ reruns, precision, recall }) => ({ reruns, precision, recall })),
    };
  }),
});
