import { performance } from 'node:perf_hooks';
import { dataFolder } from './baseline/evaluation-data.js';
import { parseOptions } from './harness/options.js';
import { progress, report } from './harness/report.js';
import { rounded } from './harness/statistics.js';
import type { FoldJob, FoldResult } from './next-task/fold.js';
import { logNames, readFolds } from './next-task/process-log.js';
import { inWorkers } from './next-task/workers.js';

// Public process logs under the protocol of Rama-Maneiro et al. 2023 (doi 10.1109/TSC.2021.3139807): what happens next in a case, against an n-gram.
// Its folds mix early and late cases; the split by time beside them tells of cases later than all that was learned from.

const options = parseOptions('next-task', {
  data: { type: 'string' },
  logs: { type: 'string', default: 'all' },
  folds: { type: 'string', default: 'all' },
  workers: { type: 'string', default: '2' },
  seed: { type: 'string', default: '1' },
});
const data = dataFolder(options.data);
const logs = options.logs === 'all' ? logNames(data) : options.logs.split(',');
const startedAt = performance.now();

const jobs = logs.flatMap((log): readonly FoldJob[] => {
  const all = [...new Set(readFolds(data, log).values())].sort((one, other) => one - other);
  const folds = options.folds === 'all' ? all : options.folds.split(',').map(Number);
  return [...folds, 'time' as const].map((fold) => ({ data, log, fold, seed: Number(options.seed) }));
});
const results = await inWorkers<FoldJob, FoldResult>(new URL('./next-task/fold-worker.js', import.meta.url), jobs, Number(options.workers), ({ log, fold, accuracy, ngram, seconds }) =>
  progress(`${log} fold ${fold}: ${rounded(accuracy, 4)}, n-gram ${rounded(ngram, 4)}, ${rounded(seconds)} s`),
);

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const lines = logs.map((log) => {
  const folds = results.filter((result) => result.log === log && result.fold !== 'time');
  const byTime = results.find((result) => result.log === log && result.fold === 'time');
  return {
    log,
    accuracy: rounded(mean(folds.map(({ accuracy }) => accuracy)), 4),
    ngram: rounded(mean(folds.map(({ ngram }) => ngram)), 4),
    f1_macro: rounded(mean(folds.map(({ f1Macro }) => f1Macro)), 4),
    folds: folds.length,
    seconds: rounded(folds.reduce((sum, { seconds }) => sum + seconds, 0)),
    by_time: { accuracy: rounded(byTime?.accuracy ?? Number.NaN, 4), ngram: rounded(byTime?.ngram ?? Number.NaN, 4) },
    by_fold: folds.map(({ accuracy }) => rounded(accuracy, 4)),
    validation_accuracy: rounded(mean(folds.map(({ choice }) => choice.accuracy.blend)), 4),
    ngram_share: folds.map(({ choice }) => choice.ngramShare),
    ngram_order: folds.map(({ choice }) => choice.order),
    model_bytes: Math.max(...folds.map(({ modelBytes }) => modelBytes)),
  };
});

report(
  lines.map(({ log, accuracy, ngram, f1_macro, folds, seconds, by_time }) => ({ log, accuracy, ngram, f1_macro, folds, seconds, accuracy_by_time: by_time.accuracy, ngram_by_time: by_time.ngram })),
  { bench: 'next-task', logs: lines, wall_seconds: rounded((performance.now() - startedAt) / 1000), workers: Number(options.workers) },
);
