import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@orrery/stats';
import fc from 'fast-check';
import { namedRules } from '../heuristics/named-policies.js';
import { arrivalsOf } from '../simulation/arrivals.js';
import { ExecutorSimulation } from '../simulation/executor-simulation.js';
import { familyWorkload } from '../workloads/dag-families.js';
import { FeatureRecorder } from './feature-range.js';
import { layout, localFeatureCount } from './layout.js';
import { LearnedPolicy } from './learned-policy.js';
import { createLearnedPolicy, decodeParameters, encodeParameters, readArtifact, strangenessOf, type PolicyArtifact } from './policy-artifact.js';

const random = seededRandom(100_000);
const parameters = Float64Array.from({ length: layout.parameterCount }, () => 0.2 * random.normal());
const artifact: PolicyArtifact = {
  ...{ format: 'orrery-policy-1', name: 'some', base: namedRules.fair, parameters: encodeParameters(parameters), generation: 3, seed: 100_000, objective: { lambda: 0, tail: 0 } },
  training: { workloads: [], scenarios: [], episodeCount: 0, choice: 'none' },
};
const workload = familyWorkload({ seed: 100_002, kindCount: 2 });
const arrivals = arrivalsOf(workload, { initialJobs: 6, laterJobs: 0, meanGapMs: 0 }, 100_000);
const simulation = new ExecutorSimulation(10);

describe('an artifact', () => {
  it('keeps parameters to the last bit', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: layout.parameterCount, maxLength: layout.parameterCount }), (values) => {
        expect(decodeParameters(encodeParameters(Float64Array.from(values)))).toEqual(Float64Array.from(values));
      }),
      { numRuns: 5 },
    );
  });

  it('decides as the policy that it was made of, after a way through JSON', () => {
    const read = createLearnedPolicy(readArtifact(JSON.parse(JSON.stringify(artifact))));
    expect(simulation.run(arrivals, 100_000, read)).toEqual(simulation.run(arrivals, 100_000, new LearnedPolicy('some', namedRules.fair, parameters)));
  });

  it('is refused when it is damaged', () => {
    const nan = Float64Array.from(parameters).fill(NaN, 5, 6);
    const damaged = [null, 7, {}, { ...artifact, format: 'other' }, { ...artifact, name: '' }, { ...artifact, base: { ...artifact.base, order: 'alphabet' } }, { ...artifact, parameters: 'AAAA' }, { ...artifact, parameters: '%' }, { ...artifact, parameters: encodeParameters(nan) }, { ...artifact, seen: { low: [1], high: [2] } }];
    for (const value of damaged) expect(() => readArtifact(value)).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
  });
});

describe('what a policy saw in training', () => {
  it('tells strange states from usual ones, in words', () => {
    const recorder = new FeatureRecorder();
    simulation.run(arrivals, 100_000, new LearnedPolicy('watched', namedRules.fair, parameters, (features) => recorder.add(features)));
    const said = new Set<string | undefined>();
    const listen = (seen: NonNullable<PolicyArtifact['seen']>) => {
      const strangeness = strangenessOf({ ...artifact, seen });
      said.clear();
      const policy = createLearnedPolicy(artifact);
      simulation.run(arrivals, 100_000, { name: 'listening', decide: (observation) => (said.add(strangeness(observation)), policy.decide(observation)) });
      return [...said];
    };
    const seen = recorder.range!;
    expect(listen(seen)).toEqual([undefined]);
    expect(listen({ low: seen.low.map((value, index) => (index === 0 ? value + 9 : value)), high: seen.high.map((value) => value + 9) })[0]).toMatch(/^work left: -?\d/);
    expect(seen.low).toHaveLength(localFeatureCount);
    expect(strangenessOf(artifact)({} as never)).toBeUndefined();
  });
});
