import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@orrery/stats';
import fc from 'fast-check';
import { listPolicy } from '../heuristics/list-policy.js';
import { namedRules } from '../heuristics/named-policies.js';
import { tunedFamily } from '../heuristics/tuned-family.js';
import { arrivalsOf, type ArrivalPattern } from '../simulation/arrivals.js';
import { ExecutorSimulation } from '../simulation/executor-simulation.js';
import { mixtureOf, familyWorkload } from '../workloads/dag-families.js';
import { syntheticQueries } from '../workloads/synthetic-queries.js';
import { firstParameters, layout } from './layout.js';
import { LearnedPolicy } from './learned-policy.js';

const workload = mixtureOf('small', [
  { workload: syntheticQueries({ seed: 100_000, kindCount: 5, sizesGb: [2] }) },
  { workload: familyWorkload({ seed: 100_001, kindCount: 2, scales: [1, 4] }) },
]);
const patterns: Readonly<Record<'batch' | 'stream', ArrivalPattern>> = {
  batch: { initialJobs: 6, laterJobs: 0, meanGapMs: 0 },
  stream: { initialJobs: 1, laterJobs: 7, meanGapMs: 4000 },
};
const simulation = new ExecutorSimulation(12);
const rules = [...tunedFamily, ...Object.values(namedRules)];
const drawnParameters = (seed: number, spread: number) => {
  const random = seededRandom(seed);
  return Float64Array.from({ length: layout.parameterCount }, () => spread * random.normal());
};
const pattern = fc.constantFrom('batch' as const, 'stream' as const);
const seeds = fc.integer({ min: 100_000, max: 999_999 });

describe('a policy that has learned nothing yet', () => {
  it('is its heuristic, whatever the heuristic and the jobs', () => {
    fc.assert(
      fc.property(fc.constantFrom(...rules), pattern, seeds, (base, kind, seed) => {
        const arrivals = arrivalsOf(workload, patterns[kind], seed);
        const outcome = simulation.run(arrivals, seed, new LearnedPolicy('untrained', base, firstParameters(seed)));
        expect(outcome).toEqual(simulation.run(arrivals, seed, listPolicy('tuned', base)));
      }),
      { numRuns: 25 },
    );
  });
});

describe('a learned policy', () => {
  it('gets every job done, however absurd its parameters', () => {
    fc.assert(
      fc.property(fc.constantFrom(...rules), pattern, seeds, fc.constantFrom(0.1, 1, 10), (base, kind, seed, spread) => {
        const { jobCount, finishedCount } = simulation.run(arrivalsOf(workload, patterns[kind], seed), seed, new LearnedPolicy('absurd', base, drawnParameters(seed, spread)));
        expect(finishedCount).toBe(jobCount);
      }),
      { numRuns: 25 },
    );
  });

  it('goes the same way again, whatever it decided before', () => {
    const policy = new LearnedPolicy('again', namedRules.fair, drawnParameters(100_000, 0.3));
    const run = (kind: 'batch' | 'stream') => simulation.run(arrivalsOf(workload, patterns[kind], 100_000), 100_000, policy);
    const first = run('batch');
    run('stream');
    expect(run('batch')).toEqual(first);
  });

  it('says what it bids, how many executors the job should have, and what the pool asks', () => {
    const policy = new LearnedPolicy('talkative', namedRules.fair, drawnParameters(100_001, 0.3));
    const said: unknown[] = [];
    simulation.run(arrivalsOf(workload, patterns.batch, 100_000), 100_000, {
      name: policy.name,
      decide: (observation) => {
        const choice = policy.decide(observation);
        if (choice.stage !== undefined) said.push([Number.isFinite(choice.bid), choice.price, (choice.desiredCount ?? 0) >= choice.count]);
        return choice;
      },
    });
    expect(new Set(said.map((one) => JSON.stringify(one)))).toEqual(new Set(['[true,0,true]']));
  });
});
