import { judge, learn, levelsOf, workloadKeyOf, type BaselineState, type Observation } from '@orrery/baseline/domain';

/** Results in a row after which one more of the same changes nothing: more than the baseline remembers. */
const saturation = 40;

/** The run in which a test is first called flaky, counted from 1, or null when it never is. */
export function firstDetection(test: Observation, failed: readonly number[], runs: number): number | null {
  const [level] = levelsOf(workloadKeyOf(test));
  if (level === undefined) return null;
  let state: BaselineState | null = null;
  for (const run of telling(failed, runs)) {
    const isFailure = failed.length === runs || includes(failed, run);
    const observation = { ...test, observationId: String(run), runId: String(run), outcome: isFailure ? 'failure' : 'success' } as const;
    const { findings } = judge({ levels: [{ ...level, state }], thresholds: () => 1 }, observation);
    if (findings.some(({ type }) => type === 'flaky')) return run + 1;
    state = learn(state, observation, { isSubject: true });
  }
  return null;
}

/** The runs that can change the verdict: those after a change, as many as are remembered, and the changes themselves. */
function* telling(failed: readonly number[], runs: number): Generator<number> {
  if (failed.length === runs || failed.length === 0) {
    for (let run = 0; run < Math.min(runs, saturation); run++) yield run;
    return;
  }
  let next = 0;
  for (const [index, failure] of failed.entries()) {
    for (let run = Math.max(next, failure - saturation); run <= failure; run++) yield run;
    next = failure + 1;
    const following = failed[index + 1] ?? runs;
    for (const end = Math.min(following, next + saturation); next < end; next++) yield next;
  }
}

function includes(sorted: readonly number[], value: number): boolean {
  let low = 0;
  for (let high = sorted.length; low < high; ) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === value;
}
