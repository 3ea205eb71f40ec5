import { describe, expect, it } from '@jest/globals';
import { listPolicy } from '../heuristics/list-policy.js';
import { namedRules } from '../heuristics/named-policies.js';
import { arrivalsOf } from '../simulation/arrivals.js';
import { ExecutorSimulation } from '../simulation/executor-simulation.js';
import { familyWorkload } from '../workloads/dag-families.js';
import { tunedFamily } from '../heuristics/tuned-family.js';
import { firstParameters } from './layout.js';
import { LearnedPolicy } from './learned-policy.js';

const workload = familyWorkload({ seed: 100_003, kindCount: 1, scales: [1] });
const simulation = new ExecutorSimulation(20);

describe('more jobs than agents that may speak', () => {
  it('are served as by the heuristic while nothing was learned', () => {
    const arrivals = arrivalsOf(workload, { initialJobs: 70, laterJobs: 0, meanGapMs: 0 }, 100_000);
    for (const rules of [namedRules.fair, namedRules['sjf-cp'], tunedFamily[103] ?? namedRules.fair]) {
      const untrained = new LearnedPolicy('untrained', rules, firstParameters(100_000));
      expect(simulation.run(arrivals, 100_000, untrained)).toEqual(simulation.run(arrivals, 100_000, listPolicy('tuned', rules)));
    }
  });
});
