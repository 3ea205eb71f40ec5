import type { ListRules } from '@orrery/scheduler/domain';
import type { LearningQuestion } from '@orrery/scheduler/training';

type Groups = NonNullable<LearningQuestion['groups']>;

/** One stretch of learning; the next begins with what the one before kept. */
export interface Stretch {
  readonly seed: number;
  readonly generations: number;
  readonly settings: NonNullable<LearningQuestion['settings']>;
  /** Seconds of mean completion time that one executor-second of a job is worth. */
  readonly lambda: number;
  /** In place of those of the expert. */
  readonly groups?: Groups;
}

export interface ExpertPlan {
  /** The heuristic that was tuned for these arrivals on tuning seeds. */
  readonly base: ListRules;
  readonly groups: Groups;
  readonly stretches: readonly Stretch[];
}

export interface PolicyPlan {
  readonly name: string;
  readonly lambda: number;
  readonly batch: ExpertPlan;
  readonly stream: ExpertPlan;
}

const batchBase: ListRules = { order: 'remaining-work', shareExponent: -0.5, shareBy: 'total-work', staysLocal: true, givesLeftovers: false, stage: 'critical-work' };
const streamBase: ListRules = { order: 'remaining-work', shareExponent: 0.5, shareBy: 'total-work', staysLocal: false, givesLeftovers: true, stage: 'critical-work' };

const batchGroups: Groups = [
  { name: 'measured', scenarios: ['measured|batch|20|50'], weight: 1, episodeCount: 3, validationCount: 32 },
  { name: 'large', scenarios: ['large|batch|20|50'], weight: 0.4, episodeCount: 1, validationCount: 8 },
  { name: 'others', scenarios: ['measured|batch|10|50', 'measured|batch|40|50', 'measured|batch|20|20', 'families|batch|20|40', 'large|batch|15|100', 'small|batch|20|50'], weight: 0.3, episodeCount: 1, validationCount: 2 },
];
const streamGroups: Groups = [
  { name: 'measured', scenarios: ['measured|stream|80|50|12s'], weight: 1, episodeCount: 1, validationCount: 10 },
  { name: 'large', scenarios: ['large|stream|35|50|0.8', 'large|stream|50|50|0.7'], weight: 0.4, episodeCount: 1, validationCount: 3 },
  { name: 'others', scenarios: ['measured|stream|60|50|9s', 'measured|stream|60|100|9s', 'families|stream|50|30|0.7', 'small|stream|60|50|0.7', 'measured|stream|60|40|20s'], weight: 0.3, episodeCount: 1, validationCount: 2 },
];

const averaging = 0.95;
const settingsOf = (pairCount: number, spread: readonly [number, number], stepSize: number) => ({ pairCount, spread, stepSize, averaging });
/** A stretch that shortens completion alone, unless it says otherwise. */
const stretch = (seed: number, generations: number, settings: Stretch['settings'], lambda = 0): Stretch => ({ seed, generations, settings, lambda });

const quickBatch: readonly Stretch[] = [stretch(100_001, 360, settingsOf(14, [0.08, 0.045], 0.035)), stretch(100_011, 200, settingsOf(32, [0.055, 0.04], 0.016))];
/** The last stretch sees two streams a generation, and chooses by more of them. */
const quickStream: readonly Stretch[] = [
  stretch(100_002, 260, settingsOf(16, [0.08, 0.045], 0.03)),
  stretch(100_012, 200, settingsOf(18, [0.06, 0.04], 0.02)),
  { ...stretch(100_022, 90, settingsOf(28, [0.05, 0.035], 0.01)), groups: streamGroups.map((group) => (group.name === 'measured' ? { ...group, episodeCount: 2, validationCount: 16 } : group)) },
];

/** How the policies that come with the product were trained. Settings were chosen on episodes that the policies are not judged on. */
export const shippedPlans: readonly PolicyPlan[] = [
  { name: 'learned', lambda: 0, batch: { base: batchBase, groups: batchGroups, stretches: quickBatch }, stream: { base: streamBase, groups: streamGroups, stretches: quickStream } },
  {
    ...{ name: 'frugal', lambda: 0.15 },
    batch: { base: batchBase, groups: batchGroups, stretches: [...quickBatch, stretch(100_021, 140, settingsOf(24, [0.06, 0.04], 0.02), 0.15)] },
    // In streams a short completion uses little already: a small weight is enough.
    stream: { base: streamBase, groups: streamGroups, stretches: [...quickStream, stretch(100_032, 40, settingsOf(18, [0.055, 0.04], 0.016), 0.03)] },
  },
];
