import { seededRandom } from '@orrery/stats';
import type { TracedExecution, TracedWorkflow } from './sizey-data.js';
import type { SizingRule } from './sizing-rules.js';

export interface Wastage {
  readonly wastageGbH: number;
  readonly failures: number;
  readonly executions: number;
}

const trainingShare = 0.3;
const gigabyteHour = 1e9 * 3_600_000;
// More than from a byte to the whole machine.
const mostAttempts = 64;

/**
 * Lets a rule size a workflow as published: a random 30 % of each process to learn from, then the others one by one, sized before they are learned.
 * Wastage is allocation above the peak times duration; an allocation below the peak fails, and wastes the whole of it times duration.
 *
 * Source: Bader et al., Sizey, 2024, arXiv 2407.16353, and main.py of dos-group/sizey.
 */
export function wastageOf({ processes }: TracedWorkflow, ruleOf: () => SizingRule, seed: number): Wastage {
  const total = { wastageGbH: 0, failures: 0, executions: 0 };
  for (const [index, executions] of processes.entries()) {
    const shuffled = shuffledBy(executions, seed * 1000 + index);
    const training = Math.floor(shuffled.length * trainingShare);
    const rule = ruleOf();
    for (const execution of shuffled.slice(0, training)) rule.learn(execution, []);
    for (const execution of shuffled.slice(training)) {
      const attempts = attemptsOf(execution, rule);
      const wastedBytes = attempts.reduce((sum, allocated) => sum + allocated, 0) - execution.peakBytes;
      total.wastageGbH += (wastedBytes * execution.durationMs) / gigabyteHour;
      total.failures += attempts.length - 1;
      total.executions++;
      rule.learn(execution, attempts);
    }
  }
  return total;
}

/** What was allocated, attempt by attempt, until it was enough. */
export function attemptsOf(execution: TracedExecution, rule: SizingRule): number[] {
  const attempts = [rule.size(execution)];
  for (let last = attempts[0]!; last < execution.peakBytes; ) {
    if (attempts.length >= mostAttempts) throw new Error(`no success after ${mostAttempts} attempts; the last had ${last} bytes of ${execution.peakBytes}`);
    last = rule.resize(last, attempts.length);
    attempts.push(last);
  }
  return attempts;
}

function shuffledBy<Item>(items: readonly Item[], seed: number): Item[] {
  const random = seededRandom(seed);
  const shuffled = [...items];
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    [shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!];
  }
  return shuffled;
}
