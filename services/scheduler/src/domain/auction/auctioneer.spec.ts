import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { plainTemplate } from '../../testing/plain-template.js';
import { heft } from '../heuristics/heft.js';
import { listPolicy } from '../heuristics/list-policy.js';
import { namedRules } from '../heuristics/named-policies.js';
import { tetris } from '../heuristics/tetris.js';
import type { Choice, Policy } from '../policy.js';
import { arrivalsOf } from '../simulation/arrivals.js';
import { ExecutorSimulation } from '../simulation/executor-simulation.js';
import { SlotSimulation } from '../simulation/slot-simulation.js';
import type { Arrival } from '../simulation/workload.js';
import { familyWorkload } from '../workloads/dag-families.js';
import type { AuctionRules } from './auction-rules.js';
import { auctioneer } from './auctioneer.js';

const fifo = listPolicy('fifo', namedRules.fifo);
const policies = [fifo, listPolicy('fair', namedRules.fair), listPolicy('weighted-fair', namedRules['weighted-fair']), listPolicy('srpt-cp', namedRules['srpt-cp']), heft(), tetris()];
const idle: Policy = { name: 'idle', decide: ({ freeCount }) => ({ stage: undefined, count: freeCount }) };

const wide = (taskCount: number, meanTaskMs = 1000) => plainTemplate([{ taskCount, meanTaskMs }]);
const slots = (slotCount: number) => new SlotSimulation([{ id: 'a', slotCount }]);

/** Notes what a policy chose. */
function noting(policy: Policy): { readonly policy: Policy; readonly choices: (Choice & { readonly job: number | undefined })[] } {
  const choices: (Choice & { readonly job: number | undefined })[] = [];
  const decide: Policy['decide'] = (observation) => {
    const choice = policy.decide(observation);
    choices.push({ ...choice, job: choice.stage?.job.terms.number });
    return choice;
  };
  return { policy: { name: policy.name, decide }, choices };
}

const workload = familyWorkload({ seed: 100_300, kindCount: 2, scales: [1, 4] });
const episodes = fc.record({
  seed: fc.integer({ min: 100_000, max: 200_000 }),
  policy: fc.constantFrom(...policies),
  initialJobs: fc.integer({ min: 0, max: 5 }),
  laterJobs: fc.integer({ min: 1, max: 6 }),
});
const arrivalsFor = ({ seed, initialJobs, laterJobs }: { seed: number; initialJobs: number; laterJobs: number }, terms: Arrival['terms'] = {}) =>
  arrivalsOf(workload, { initialJobs, laterJobs, meanGapMs: 5000 }, seed).map((one) => ({ ...one, terms }));

describe('an auctioneer with no rule that binds', () => {
  it('chooses exactly what the policy within chooses', () => {
    const slack: AuctionRules = { maxWaitMs: 1e9, minimumShare: 1, belowShareMs: 1e9 };
    const terms = { deadlineMs: 1e9, quota: 1000, reserved: 0 };
    fc.assert(
      fc.property(episodes, fc.boolean(), (episode, onExecutors) => {
        const simulation = onExecutors ? new ExecutorSimulation(12) : slots(12);
        const arrivals = arrivalsFor(episode, terms);
        const [bare, kept] = [noting(episode.policy), noting(auctioneer(episode.policy, slack))];
        const outcome = simulation.run(arrivals, episode.seed, bare.policy);
        expect(simulation.run(arrivals, episode.seed, kept.policy)).toEqual(outcome);
        const plain = ({ count, job, stage }: (typeof kept.choices)[number]) => ({ count, job, stage: stage?.shape.index });
        expect(kept.choices.map(plain)).toEqual(bare.choices.map(plain));
        expect(kept.choices.some(({ forcedBy }) => forcedBy !== undefined)).toBe(false);
      }),
      { numRuns: 40 },
    );
  });

  it('hands over the very choice', () => {
    const choice: Choice = { stage: undefined, count: 1, bid: 3 };
    let answer: Choice | undefined;
    const kept = auctioneer({ name: 'resting', decide: () => choice });
    slots(1).run([{ atMs: 0, template: wide(1) }], 1, { name: 'spy', decide: (observation) => (answer = kept.decide(observation)) });
    expect(answer).toBe(choice);
  });
});

describe('quotas', () => {
  it('are never exceeded, whatever the policy and the other rules', () => {
    fc.assert(
      fc.property(episodes, fc.integer({ min: 1, max: 5 }), fc.boolean(), (episode, quota, onExecutors) => {
        const simulation = onExecutors ? new ExecutorSimulation(12) : slots(12);
        const kept = auctioneer(episode.policy, { maxWaitMs: 2000, minimumShare: 0.9, belowShareMs: 1000 });
        let most = 0;
        const watched: Policy = {
          name: 'watched',
          decide: (observation) => {
            for (const { supply } of observation.jobs) most = Math.max(most, supply);
            return kept.decide(observation);
          },
        };
        const { finishedCount, jobCount } = simulation.run(arrivalsFor(episode, { quota, reserved: 3, deadlineMs: 40_000 }), episode.seed, watched);
        expect(most).toBeLessThanOrEqual(quota);
        expect(finishedCount).toBe(jobCount);
      }),
      { numRuns: 40 },
    );
  });

  it('cut what the policy wants, and say so', () => {
    const { policy, choices } = noting(auctioneer(fifo));
    // The slots know quotas by themselves; executors leave them to the auctioneer.
    new ExecutorSimulation(8).run([{ atMs: 0, template: wide(6), terms: { id: 'nightly', quota: 2 } }, { atMs: 0, template: wide(4) }], 1, policy);
    expect(choices.slice(0, 2)).toMatchObject([{ job: 0, count: 2, forcedBy: 'quota: nightly may have 2 executors at once' }, { job: 1, count: 4 }]);
  });
});

describe('reservations', () => {
  it('come first while the job can use them, and only then', () => {
    const { policy, choices } = noting(auctioneer(fifo));
    const outcome = slots(4).run([{ atMs: 0, template: wide(12) }, { atMs: 0, template: wide(6), terms: { id: 'release', reserved: 2 } }], 1, policy);
    expect(choices[0]).toMatchObject({ job: 1, count: 2, forcedBy: 'reservation: 2 executors are kept for release, which has 0' });
    // Two at a time for three seconds; the first job has the others, and all of them afterwards.
    expect(outcome.completionSeconds).toEqual([5, 3]);
  });
});

describe('the maximum wait', () => {
  it('brings a job that has waited too long to the front, up to its fair share', () => {
    const arrivals = [{ atMs: 0, template: wide(40) }, { atMs: 0, template: wide(40), terms: { id: 'patient' } }];
    expect(slots(4).run(arrivals, 1, fifo).completionSeconds).toEqual([10, 20]);
    const { policy, choices } = noting(auctioneer(fifo, { maxWaitMs: 3000 }));
    slots(4).run(arrivals, 1, policy);
    const first = choices.find(({ forcedBy }) => forcedBy !== undefined);
    expect(first).toMatchObject({ job: 1, count: 2, forcedBy: 'maximum wait: patient has waited 4 s without an executor, at most 3 s are allowed' });
  });

  it('is kept for any job, as far as tasks end', () => {
    const kept = auctioneer(listPolicy('sjf-cp', namedRules['sjf-cp']), { maxWaitMs: 2000 });
    // A stream of small jobs, before which the large one would wait for ever.
    const arrivals = [{ atMs: 0, template: wide(1, 500) }, { atMs: 0, template: wide(50, 1000) }, ...Array.from({ length: 40 }, (_, index) => ({ atMs: 500 * (index + 1), template: wide(1, 500) }))];
    let longest = 0;
    const spied: Policy = {
      name: 'spied',
      decide: (observation) => {
        const [large] = observation.jobs.filter(({ terms }) => terms.number === 1);
        if (large !== undefined && large.remainingTaskCount === 50) longest = observation.nowMs;
        return kept.decide(observation);
      },
    };
    slots(1).run(arrivals, 1, spied);
    expect(longest).toBeLessThanOrEqual(2500);
  });

  it('is told from outside where jobs are new in every question', () => {
    const { policy, choices } = noting(auctioneer(fifo, { maxWaitMs: 1000, waitingSinceMs: ({ terms }) => (terms.number === 1 ? -5000 : undefined) }));
    slots(2).run([{ atMs: 0, template: wide(4) }, { atMs: 0, template: wide(4) }], 1, policy);
    expect(choices[0]).toMatchObject({ job: 1, count: 1 });
  });
});

describe('deadlines', () => {
  it('bring a job to the front once it has no more time than it needs', () => {
    const { policy, choices } = noting(auctioneer(fifo));
    const arrivals = [{ atMs: 0, template: wide(40) }, { atMs: 0, template: wide(8), terms: { id: 'urgent', deadlineMs: 6000 } }];
    expect(slots(4).run(arrivals, 1, fifo).deadlineMissCount).toBe(1);
    expect(slots(4).run(arrivals, 1, policy).deadlineMissCount).toBe(0);
    expect(choices.find(({ forcedBy }) => forcedBy !== undefined)).toMatchObject({ job: 1, count: 4, forcedBy: 'deadline: urgent has 2 s left and needs 2 s at least' });
  });

  it('heed least slack first, and none that has passed', () => {
    const { policy, choices } = noting(auctioneer(fifo));
    const terms = [{ deadlineMs: 1200 }, { deadlineMs: 1100 }, { deadlineMs: 0 }];
    slots(1).run(terms.map((one) => ({ atMs: 0, template: wide(1), terms: one })), 1, policy);
    expect(choices.map(({ job, forcedBy }) => [job, forcedBy !== undefined])).toEqual([[1, true], [0, true], [2, false]]);
  });

  it('are not heeded where the margin says so', () => {
    const { policy, choices } = noting(auctioneer(fifo, { deadlineMargin: Infinity }));
    slots(1).run([{ atMs: 0, template: wide(2) }, { atMs: 0, template: wide(1), terms: { deadlineMs: 1000 } }], 1, policy);
    expect(choices.map(({ job }) => job)).toEqual([0, 0, 1]);
  });
});

describe('the minimum share', () => {
  it('is given to a job that has been below it for too long', () => {
    const { policy, choices } = noting(auctioneer(fifo, { minimumShare: 0.5, belowShareMs: 1000 }));
    slots(8).run([{ atMs: 0, template: wide(80) }, { atMs: 0, template: wide(80), terms: { id: 'other' } }], 1, policy);
    expect(choices.find(({ forcedBy }) => forcedBy !== undefined)).toMatchObject({ job: 1, count: 2, forcedBy: 'minimum share: other has 0 of 2 executors that it has to get' });
    // With 0 ms nobody waits for it.
    const { policy: strict, choices: first } = noting(auctioneer(fifo, { minimumShare: 0.5, belowShareMs: 0 }));
    slots(8).run([{ atMs: 0, template: wide(80) }, { atMs: 0, template: wide(80) }], 1, strict);
    expect(first.slice(0, 2)).toMatchObject([{ job: 0, count: 2 }, { job: 1, count: 2 }]);
  });
});

describe('a policy that does nothing', () => {
  it('is overruled where a rule demands it', () => {
    const { finishedCount } = slots(2).run([{ atMs: 0, template: wide(3), terms: { reserved: 2 } }], 1, auctioneer(idle));
    expect(finishedCount).toBe(1);
  });

  it.each([{ maxWaitMs: -1 }, { deadlineMargin: 0.5 }, { minimumShare: 2 }, { belowShareMs: -1 }])('and rules that are none are refused: %j', (rules) => {
    expect(() => auctioneer(idle, rules)).toThrow('expected');
  });
});
