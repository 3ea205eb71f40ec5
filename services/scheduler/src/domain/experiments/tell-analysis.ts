import type { BlockAnalysis, Effect } from './analyse-blocks.js';

/** What came out of an experiment, in one sentence. */
export function tellAnalysis({ completion, resource, pValue, pairCount, verdict, reachesMinimum }: BlockAnalysis, { policy, control, minimumEffect }: { readonly policy: string; readonly control: string; readonly minimumEffect: number }): string {
  if (completion === null) return `no pair of blocks had runs on both sides: nothing can be told of ${policy} against ${control}`;
  const rest = resource === null ? '' : `; task-seconds per run ${change(resource)} (${interval(resource)})`;
  const figures = `mean completion time ${change(completion)} under ${policy} than under ${control} (95 % interval ${interval(completion)}, p = ${pValue.toPrecision(2)}, ${pairCount} pairs of blocks)${rest}`;
  if (verdict === 'undecided') return `undecided: ${figures}`;
  const wanted = `the ${percent(minimumEffect)} that were asked for`;
  return `${verdict}: ${figures}${verdict === 'better' ? `; ${reachesMinimum ? 'at least' : 'less than'} ${wanted}` : ''}`;
}

function change({ ratio }: Effect): string {
  return `${percent(Math.abs(1 - ratio))} ${ratio <= 1 ? 'lower' : 'higher'}`;
}

function interval({ low, high }: Effect): string {
  const signed = (ratio: number) => `${ratio <= 1 ? '-' : '+'}${percent(Math.abs(1 - ratio))}`;
  return `${signed(low)} to ${signed(high)}`;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}
