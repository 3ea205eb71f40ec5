import type { Random } from '@orrery/stats';
import { csvRows } from '../baseline/evaluation-data.js';

/** A test that was run thousands of times on one revision. */
export interface RerunTest {
  readonly project: string;
  readonly name: string;
  /** The label: somebody looked at all runs. */
  readonly isFlaky: boolean;
  readonly failures: number;
  readonly passes: number;
  /** Run in which it first failed; -1 for never. */
  readonly firstFailure: number;
  readonly firstPass: number;
}

/** Tests with how often they passed and failed. */
export function rerunTests(folder: string): readonly RerunTest[] {
  return csvRows(folder, 'flaky-flakeflagger/test_results.csv.gz', 'https://github.com/AlshammariA/FlakeFlagger test-rerun-scripts/test_results.csv').map((row) => ({
    project: row.Project ?? '',
    name: row.Test ?? '',
    isFlaky: row.IsFlaky === '1',
    failures: Number(row.NumFailingRuns),
    passes: Number(row.NumPassingRuns),
    firstFailure: Number(row.FirstFailingRunID),
    firstPass: Number(row.FirstPassingRunID),
  }));
}

/** Where a test failed: the first failure where it was recorded, the others (not recorded) anywhere after it; ascending. */
export function failedRuns(test: RerunTest, random: Random): readonly number[] {
  const runs = test.failures + test.passes;
  if (test.passes === 0) return Array.from({ length: runs }, (_, run) => run);
  if (test.failures === 0) return [];
  const failed = new Set([Math.max(test.firstFailure, 0)]);
  // A test that failed at first passed for the first time where that was recorded.
  for (let run = 0; run < test.firstPass; run++) failed.add(run);
  const from = Math.max(test.firstFailure, test.firstPass) + 1;
  while (failed.size < test.failures && failed.size < runs) {
    const run = from + random.below(Math.max(runs - from, 1));
    if (failed.has(run) && failed.size >= runs - from) break;
    failed.add(run);
  }
  return [...failed].sort((left, right) => left - right);
}
