/** How many tasks runs of a workflow had when they ended; plain JSON. */
export interface RunLengths {
  /** Pairs of tasks and weight, in rising order of tasks. */
  readonly weights: readonly (readonly [tasks: number, weight: number])[];
}

export const emptyLengths: RunLengths = { weights: [] };

/** About the last twenty runs count. */
const keep = 0.95;
const leastWeight = 0.01;
const mostLengths = 200;

/** The lengths with one run more that ended. @param taskCount tasks that it had; runs without any teach nothing. */
export function learnLength({ weights }: RunLengths, taskCount: number): RunLengths {
  if (!(taskCount > 0)) return { weights };
  const faded = new Map(weights.map(([tasks, weight]) => [tasks, weight * keep]));
  faded.set(taskCount, (faded.get(taskCount) ?? 0) + 1);
  const heaviest = [...faded].filter(([, weight]) => weight >= leastWeight).sort((left, right) => right[1] - left[1] || left[0] - right[0]);
  return { weights: heaviest.slice(0, mostLengths).sort((left, right) => left[0] - right[0]) };
}

/**
 * How likely a run ends now that so many of its tasks have ended: of the runs that had as many or more, the share that had no more (a
 * discrete hazard). Half a run is added that goes on, so that nothing is certain; 0 where nothing is known.
 */
export function endShareOf({ weights }: RunLengths, endedTasks: number): number {
  const reached = weights.filter(([tasks]) => tasks >= endedTasks);
  const all = reached.reduce((sum, [, weight]) => sum + weight, 0);
  // Longer than any before: it may end at any time, as far as anybody knows.
  if (all === 0) return weights.length === 0 ? 0 : 0.5;
  return (reached[0]?.[0] === endedTasks ? (reached[0]?.[1] ?? 0) : 0) / (all + 0.5);
}
