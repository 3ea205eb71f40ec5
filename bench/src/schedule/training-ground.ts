import { familyWorkload, mixtureOf, syntheticQueries, type Workload } from '@orrery/scheduler/domain';
import { scenarioOf, type LearningPlace } from '@orrery/scheduler/training';

const smallSizesGb = [2, 4, 8, 12, 20];
const largeSizesGb = [32, 50, 80, 100];
const mixedSizesGb = [2, 16, 64];
/** Jobs that are learned from have seeds from 100,000 on. */
const queries = (seed: number, sizesGb: readonly number[], crowding?: number) => ({ workload: syntheticQueries({ seed, sizesGb, ...(crowding === undefined ? {} : { crowding }) }) });

/** Jobs by the name that places begin with: measured ones, and made-up ones of the scales and shapes that the measured lack. */
export function learnedJobs(measured: Workload): Readonly<Record<string, Workload>> {
  return {
    measured,
    small: mixtureOf('small queries', [100_000, 100_001, 100_002, 100_003].map((seed) => queries(seed, smallSizesGb))),
    large: mixtureOf('large queries', [100_004, 100_005, 100_006].map((seed) => queries(seed, largeSizesGb))),
    families: mixtureOf('other shapes', [{ workload: familyWorkload({ seed: 100_007 }) }, { workload: familyWorkload({ seed: 100_008, crowding: 0 }) }, queries(100_009, mixedSizesGb, 0.3), queries(100_010, mixedSizesGb, 1.6)]),
  };
}

/**
 * A place by its name: `jobs|batch|COUNT|EXECUTORS` or `jobs|stream|COUNT|EXECUTORS|LOAD`, where a load with an `s` is the mean gap in seconds.
 */
export function placeOf(name: string, jobs: Readonly<Record<string, Workload>>): LearningPlace {
  const [source = '', kind, count, executors, load = ''] = name.split('|');
  const workload = jobs[source] as Workload;
  const wish = { jobCount: Number(count), executorCount: Number(executors) };
  if (kind === 'batch') return { name, kind, workload, scenario: scenarioOf(workload, { kind, ...wish }) };
  const usual = scenarioOf(workload, { kind: 'stream', ...wish });
  const meanGapMs = load.endsWith('s') ? 1000 * Number.parseFloat(load) : Math.round((usual.arrivals.meanGapMs * usualLoad) / Number(load));
  return { name, kind: 'stream', workload, scenario: scenarioOf(workload, { kind: 'stream', ...wish, meanGapMs }) };
}

const usualLoad = 0.7;
