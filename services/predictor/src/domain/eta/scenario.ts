import { durationBeyond, shareEndedBy, type SplitLogNormal } from './split-log-normal.js';
import type { RunPlan, Step } from './run-plan.js';

/** What chance decides of a step. */
export interface Chance {
  /** Standard normal: how long it takes. */
  readonly z: number;
  /** Uniform in [0, 1): whether the run has it. */
  readonly occurs: number;
  /** Uniform in [0, 1): whether it is tried again. */
  readonly retries: number;
}

/** `open` ends in the future; the others take no more time: it ended, the run has none, or what it waits for failed. */
export type StepFate = 'ended' | 'open' | 'absent' | 'blocked';

export interface StepCourse {
  readonly fate: StepFate;
  readonly beginMs: number;
  readonly endMs: number;
}

/** The middle of everything: what is likelier than not, and the median of each duration. */
export const middleChance: Chance = { z: 0, occurs: 0.5, retries: 0.5 };

/**
 * However long nothing is heard of a task, it may still come: silence speaks against it no more than twenty to one, since one that hangs
 * is silent too.
 */
const leastSurvival = 0.05;

/** One way in which the run may go on; the courses stand in the order of the steps. @param contents which of the plan's contents it has. */
export function playScenario({ steps, startedAtMs }: RunPlan, nowMs: number, contents: number, chanceOf: (index: number) => Chance): readonly StepCourse[] {
  const courses: StepCourse[] = [];
  const isBlocked: boolean[] = [];
  for (const [index, step] of steps.entries()) {
    let readyAtMs = startedAtMs;
    let blocked = false;
    for (const place of step.predecessors) {
      readyAtMs = Math.max(readyAtMs, courses[place]?.endMs ?? 0);
      blocked ||= isBlocked[place] === true;
    }
    const course = courseOf(step, { readyAtMs, blocked, nowMs, left: step.left[contents] ?? 0 }, chanceOf(index));
    courses.push(course);
    isBlocked.push(course.fate === 'blocked' || (course.fate === 'ended' && step.isFailed));
  }
  return courses;
}

interface Situation {
  readonly readyAtMs: number;
  readonly blocked: boolean;
  readonly nowMs: number;
  readonly left: number;
}

function courseOf(step: Step, { readyAtMs, blocked, nowMs, left }: Situation, chance: Chance): StepCourse {
  const { endedAtMs, duration, isInTurn } = step;
  if (left === 0) return endedAtMs === null ? noCourse('absent', readyAtMs) : endedCourse(step, endedAtMs, { chance, nowMs });
  const beginMs = Math.max(readyAtMs + step.lagMs, isInTurn ? (endedAtMs ?? 0) : 0);
  if (blocked) return noCourse('blocked', readyAtMs);
  if (!step.isTask) return { fate: 'open', beginMs, endMs: beginMs };
  if (chance.occurs >= believedAfter(step.occurrence, duration, nowMs - beginMs)) return noCourse('absent', readyAtMs);
  return { fate: 'open', beginMs, endMs: endAfter(duration, { beginMs, nowMs, times: isInTurn ? left : 1 }, chance) };
}

function noCourse(fate: StepFate, atMs: number): StepCourse {
  return { fate, beginMs: atMs, endMs: atMs };
}

function endedCourse({ isFailed, retryShare, duration }: Step, endedAtMs: number, { chance, nowMs }: { readonly chance: Chance; readonly nowMs: number }): StepCourse {
  const isRetried = isFailed && chance.retries < believedAfter(retryShare, duration, nowMs - endedAtMs);
  if (!isRetried) return noCourse('ended', endedAtMs);
  return { fate: 'open', beginMs: endedAtMs, endMs: endAfter(duration, { beginMs: endedAtMs, nowMs, times: 1 }, chance) };
}

interface Span {
  readonly beginMs: number;
  readonly nowMs: number;
  /** How many, one after the other. */
  readonly times: number;
}

function endAfter(duration: SplitLogNormal | null, { beginMs, nowMs, times }: Span, { z }: Chance): number {
  if (duration === null) return Math.max(beginMs, nowMs);
  const all = times === 1 ? duration : { ...duration, medianMs: duration.medianMs * times };
  return Math.max(beginMs + durationBeyond(all, nowMs - beginMs, z), nowMs);
}

/** How likely something is under way that could have ended for so long and has not (Bayes' rule). */
export function believedAfter(probability: number, duration: SplitLogNormal | null, elapsedMs: number): number {
  if (duration === null || elapsedMs <= 0 || probability >= 1 || probability <= 0) return probability;
  const survival = survivalAfter(duration, elapsedMs);
  return (probability * survival) / (probability * survival + 1 - probability);
}

/** How likely something that is under way is silent for so long. */
export function survivalAfter(duration: SplitLogNormal | null, elapsedMs: number): number {
  return duration === null || elapsedMs <= 0 ? 1 : Math.max(1 - shareEndedBy(duration, elapsedMs), leastSurvival);
}
