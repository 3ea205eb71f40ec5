import { judge, learn, levelsOf, workloadKeyOf, type JudgeContext, type Measures, type Observation } from '@orrery/baseline/domain';
import { sketchOf, sketchQuantile, type Random } from '@orrery/stats';
import { floors, type Floor, type KnownDurations } from './floors.js';
import { ReplayedLog } from './replay.js';

/** Observations a key needs before it is judged here. */
export const leastKnown = 20;

/** Runs in a row that are slow in an episode. */
export const episodeRuns = 5;

const slowFactor = 3;
const memoryFactor = 2;

/** How many of some things were found. */
export class Tally {
  #found = 0;
  #all = 0;

  add(isFound: boolean): void {
    this.#all++;
    if (isFound) this.#found++;
  }

  get count(): number {
    return this.#all;
  }

  get found(): number {
    return this.#found;
  }

  get share(): number {
    return this.#all === 0 ? Number.NaN : this.#found / this.#all;
  }
}

export interface DetectionFigures {
  /** Finished observations on keys with at least 20 that are flagged, a warning or worse, as they really were; flaky and failing ones apart. */
  readonly alarms: Tally;
  /** Of those that succeeded, for the floors' sake, which judge nothing else. */
  readonly alarmsOnSuccesses: Tally;
  /** One run that took three times what it took. */
  readonly slowRun: Tally;
  /** The first of five runs in a row that all take three times what they took, found by the last of them. */
  readonly slowEpisode: Tally;
  /** One run that takes three times what the key usually takes. */
  readonly slowToUsual: Tally;
  /** A task that uses twice the memory that it ever used. */
  readonly memoryJump: Tally;
  /** A task that uses three times the memory it used. */
  readonly memoryTimesThree: Tally;
  readonly floors: readonly { readonly floor: Floor; readonly alarms: Tally; readonly slowRun: Tally }[];
  readonly byCause: ReadonlyMap<string, number>;
}

const slowCauses = new Set(['duration:slow', 'new_normal:duration']);

/** Replays observations, and at random ones asks what would be said were they slower or larger; what is asked is not learned. */
export function detectionFigures(observations: readonly Observation[], log: ReplayedLog, random: Random): DetectionFigures {
  const figures = { alarms: new Tally(), alarmsOnSuccesses: new Tally(), slowRun: new Tally(), slowEpisode: new Tally(), slowToUsual: new Tally(), memoryJump: new Tally(), memoryTimesThree: new Tally() };
  const floorFigures = floors.map((floor) => ({ floor, alarms: new Tally(), slowRun: new Tally() }));
  const byCause = new Map<string, number>();
  const known = new Map<string, KnownDurations & { largestBytes: number; successes: number }>();
  const successors = successorsOf(observations);
  observations.forEach((observation, index) => {
    const context = log.contextOf(observation);
    const keyId = context.levels[0]?.keyId ?? '';
    const before = known.get(keyId) ?? { durations: [], largestBytes: 0, successes: 0 };
    const isJudged = (context.levels[0]?.state?.count ?? 0) >= leastKnown;
    const hasBaseline = before.successes >= leastKnown && observation.outcome === 'success' && observation.measures.durationMs !== null;
    if (hasBaseline) {
      const durationMs = observation.measures.durationMs ?? 0;
      const isProbed = random.next() < 0.5;
      if (isProbed) {
        probe(figures, { context, observation, largestBytes: before.largestBytes });
        figures.slowEpisode.add(isEpisodeFound(context, [observation, ...(successors.get(index) ?? [])]));
      }
      for (const each of floorFigures) {
        each.alarms.add(each.floor.isAlarm(before, durationMs));
        if (isProbed) each.slowRun.add(each.floor.isAlarm(before, slowFactor * durationMs));
      }
    }
    const findings = log.take(observation, context);
    const isFlagged = findings.some(({ type, severity }) => severity !== 'info' && type !== 'flaky' && type !== 'success_rate' && type !== 'outage');
    if (isJudged) {
      figures.alarms.add(isFlagged);
      for (const { cause } of findings) byCause.set(cause, (byCause.get(cause) ?? 0) + 1);
    }
    if (hasBaseline) figures.alarmsOnSuccesses.add(isFlagged);
    known.set(keyId, grown(before, observation));
  });
  return { ...figures, floors: floorFigures, byCause };
}

type Probed = Pick<DetectionFigures, 'slowRun' | 'slowToUsual' | 'memoryJump' | 'memoryTimesThree'>;

function probe(figures: Probed, { context, observation, largestBytes }: { readonly context: JudgeContext; readonly observation: Observation; readonly largestBytes: number }): void {
  const { durationMs, peakMemoryBytes } = observation.measures;
  const isFound = (measures: Partial<Measures>, causes: ReadonlySet<string>) => judge(context, { ...observation, measures: { ...observation.measures, ...measures } }).findings.some(({ cause }) => causes.has(cause));
  if (durationMs !== null) {
    figures.slowRun.add(isFound({ durationMs: slowFactor * durationMs }, slowCauses));
    const state = context.levels[0]?.state?.metrics.duration;
    if (state) figures.slowToUsual.add(isFound({ durationMs: slowFactor * sketchQuantile(sketchOf(state.sketch), 0.5) }, slowCauses));
  }
  if (peakMemoryBytes !== null) {
    const memory = new Set(['memory:high', 'new_normal:memory']);
    figures.memoryJump.add(isFound({ peakMemoryBytes: memoryFactor * largestBytes }, memory));
    figures.memoryTimesThree.add(isFound({ peakMemoryBytes: 3 * peakMemoryBytes }, memory));
  }
}

/** Judges and learns the runs of an episode beside the log, which does not see them. */
function isEpisodeFound(context: JudgeContext, runs: readonly Observation[]): boolean {
  let { levels } = context;
  for (const run of runs) {
    const slow = { ...run, measures: { ...run.measures, durationMs: slowFactor * (run.measures.durationMs ?? 0) } };
    if (judge({ ...context, levels }, slow).findings.some(({ cause }) => slowCauses.has(cause))) return true;
    levels = levels.map((level) => ({ ...level, state: learn(level.state, slow, { isSubject: level.isSubject }) }));
  }
  return false;
}

/** The next successes of the same key, as many as an episode has beside its first. */
function successorsOf(observations: readonly Observation[]): ReadonlyMap<number, readonly Observation[]> {
  const latest = new Map<string, Observation[][]>();
  const successors = new Map<number, Observation[]>();
  observations.forEach((observation, index) => {
    if (observation.outcome !== 'success' || observation.measures.durationMs === null) return;
    const keyId = levelsOf(workloadKeyOf(observation))[0]?.keyId ?? '';
    const waiting = (latest.get(keyId) ?? []).filter((list) => list.length < episodeRuns - 1);
    for (const list of waiting) list.push(observation);
    const own: Observation[] = [];
    successors.set(index, own);
    latest.set(keyId, [...waiting, own]);
  });
  return successors;
}

function grown(known: KnownDurations & { readonly largestBytes: number; readonly successes: number }, { outcome, measures }: Observation) {
  if (outcome !== 'success') return known;
  const durations = measures.durationMs === null ? known.durations : [...known.durations, measures.durationMs].slice(-200);
  return { durations, largestBytes: Math.max(known.largestBytes, measures.peakMemoryBytes ?? 0), successes: known.successes + (measures.durationMs === null ? 0 : 1) };
}
