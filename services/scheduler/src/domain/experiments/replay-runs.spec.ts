import { describe, expect, it } from '@jest/globals';
import { listPolicy } from '../heuristics/list-policy.js';
import { namedRules } from '../heuristics/named-policies.js';
import { replayRuns } from './replay-runs.js';

const fifo = listPolicy('fifo', namedRules.fifo);
const shortest = listPolicy('sjf-cp', namedRules['sjf-cp']);
const run = (runId: string, arrivedMs: number, durationsMs: readonly number[]) => ({ runId, arrivedMs, tasks: [{ name: 'build', dependsOn: [], durationsMs }, { name: 'test', dependsOn: ['build', 'gone'], durationsMs: [1000] }] });

describe('a replay', () => {
  it('lets runs arrive again with what their tasks took', () => {
    const replayed = replayRuns([run('a', 50_000, [4000]), run('b', 60_000, [2000])], [{ poolId: 'machine', slots: 2 }], fifo);

    expect([...replayed]).toEqual([['a', 5000], ['b', 3000]]);
  });

  it('shows what another policy would have done', () => {
    const runs = [run('first', 0, [1000, 1000]), run('long', 100, [60_000, 60_000]), run('short', 200, [2000])];
    const pools = [{ poolId: 'machine', slots: 1 }];
    const [under, over] = [replayRuns(runs, pools, shortest), replayRuns(runs, pools, fifo)];

    expect(under.get('short')).toBeLessThan(over.get('short') ?? 0);
  });

  it('takes a task that nobody told an end of for one of no duration, and a pool that is gone for any', () => {
    const runs = [{ runId: 'a', arrivedMs: 0, tasks: [{ name: 'build', dependsOn: [], durationsMs: [0], poolIds: ['old'] }, { name: 'test', dependsOn: ['build'], durationsMs: [1500] }] }];

    expect(replayRuns(runs, [{ poolId: 'machine', slots: 1 }, { poolId: 'none', slots: 0 }], fifo).get('a')).toBe(1500);
  });
});
