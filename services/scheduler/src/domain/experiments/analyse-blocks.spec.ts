import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@orrery/stats';
import { analyseBlocks } from './analyse-blocks.js';
import { pairBlocks, type RunOutcome } from './block-outcomes.js';
import { blockAt, endOf, roleOf, type BlockPlan } from './block-plan.js';
import { randomisationP } from './randomisation-test.js';
import { tellAnalysis } from './tell-analysis.js';

const plan: BlockPlan = { experimentId: 'one', startedMs: 0, blockMs: 1_000_000, burnInMs: 300_000, blockCount: 48, holdOut: 0.05, rampBlocks: 0 };

interface World {
  /** What the treatment does to completion times. */
  readonly effect: number;
  /** Over so many ms the effect of a change of arms builds up: what waits from before is worked off first. */
  readonly memoryMs?: number;
  readonly runsPerBlock?: number;
}

/** Runs of a workday: busy hours that everybody feels, runs of very different length, and queues that outlive a block. */
function simulate(given: BlockPlan, seed: number, { effect, memoryMs = 1, runsPerBlock = 20 }: World): readonly RunOutcome[] {
  const random = seededRandom(seed);
  const isTreated = Array.from({ length: given.blockCount }, (_, block) => roleOf(given, block) === 'treatment');
  const gapMs = given.blockMs / runsPerBlock;
  const runs: RunOutcome[] = [];
  let busy = 0;
  let level = 0;
  for (let atMs = 0; ; ) {
    const passedMs = -Math.log(1 - random.next()) * gapMs;
    atMs += passedMs;
    if (atMs >= endOf(given)) return runs;
    busy = busy * Math.exp(-passedMs / (3 * given.blockMs)) + 0.08 * random.normal();
    const wanted = isTreated[blockAt(given, atMs)] === true ? Math.log(effect) : 0;
    level = wanted + (level - wanted) * Math.exp(-passedMs / memoryMs);
    const completionMs = 60_000 * Math.exp(0.7 * random.normal() + busy + level);
    runs.push({ arrivedMs: atMs, completionMs, resourceMs: completionMs * 3, isFailed: false });
  }
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** Mean completion times of the pairs of many experiments. */
const experiments = (count: number, world: World, given: Partial<BlockPlan> = {}) =>
  Array.from({ length: count }, (_, seed) => {
    const own = { ...plan, blockCount: 22, holdOut: 0, experimentId: `experiment ${seed}`, ...given };
    const { pairs } = pairBlocks(own, simulate(own, 100_000 + seed, world));
    return { treatment: pairs.map((pair) => pair.treatment.completionMs), control: pairs.map((pair) => pair.control.completionMs) };
  });
const isFound = ({ treatment, control }: ReturnType<typeof experiments>[number]) => randomisationP(treatment, control) < 0.05;

describe('the analysis of a switchback', () => {
  it('calls an effect that is none in about one experiment of twenty', () => {
    const found = experiments(300, { effect: 1 }).filter(isFound).length / 300;

    // Three deviations of 300 draws.
    expect(found).toBeGreaterThan(0.012);
    expect(found).toBeLessThan(0.088);
  });

  it('sees an effect of four tenths most of the time', () => {
    const found = experiments(60, { effect: 0.6 }).filter((pairs) => isFound(pairs) && sum(pairs.treatment) < sum(pairs.control)).length / 60;

    expect(found).toBeGreaterThan(0.8);
  });

  it('is right on average though effects build up slowly, once the burn-in is dropped', () => {
    const meanOf = (burnInMs: number) => {
      const logs = experiments(100, { effect: 0.7, memoryMs: 100_000 }, { burnInMs }).map(({ treatment, control }) => Math.log(sum(treatment) / sum(control)));
      return Math.exp(sum(logs) / logs.length);
    };

    expect(Math.abs(meanOf(300_000) - 0.7)).toBeLessThan(0.02);
    expect(meanOf(0)).toBeGreaterThan(0.725);
  });

  it('says all that it found', () => {
    const runs = simulate(plan, 100_007, { effect: 0.7 });
    const analysis = analyseBlocks(pairBlocks(plan, runs), { experimentId: 'one', minimumEffect: 0.03 });
    const { completion, resource, pValue, control, treatment } = analysis;

    expect(analysis).toMatchObject({ verdict: 'better', reachesMinimum: true, pairCount: 22 });
    expect(pValue).toBeLessThan(0.01);
    expect(completion?.low).toBeLessThan(0.7);
    expect(completion?.high).toBeGreaterThan(0.7);
    expect(completion?.high).toBeLessThan(1);
    expect((completion?.treatmentMs ?? 0) / (completion?.controlMs ?? 1)).toBeCloseTo(completion?.ratio ?? 0, 10);
    expect(resource?.ratio).toBeCloseTo(completion?.ratio ?? 0, 10);
    expect(control.runCount + treatment.runCount).toBeLessThan(runs.length);
    expect(tellAnalysis(analysis, { policy: 'learned', control: 'tuned', minimumEffect: 0.03 })).toMatch(
      /^better: mean completion time [\d.]+ % lower under learned than under tuned \(95 % interval -[\d.]+ % to -[\d.]+ %, p = [\de.-]+, 22 pairs of blocks\); task-seconds per run .* lower \(.*\); at least the 3 % that were asked for$/,
    );
  });

  it('says that it cannot tell', () => {
    const none = analyseBlocks(pairBlocks(plan, []), { experimentId: 'one', minimumEffect: 0.03 });
    const small = analyseBlocks(pairBlocks(plan, simulate(plan, 100_011, { effect: 1, runsPerBlock: 5 })), { experimentId: 'one', minimumEffect: 0.03 });
    const words = { policy: 'learned', control: 'tuned', minimumEffect: 0.03 };

    expect(none).toMatchObject({ completion: null, resource: null, pValue: 1, verdict: 'undecided', reachesMinimum: false });
    expect(tellAnalysis(none, words)).toContain('nothing can be told');
    expect(small.verdict).toBe('undecided');
    expect(tellAnalysis(small, words)).toMatch(/^undecided: /);
  });
});
