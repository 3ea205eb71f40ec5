import { criticalSteps } from './critical-path.js';
import { likeliestContents, weighedBySilence } from './likely-contents.js';
import type { RunProgress } from './run-progress.js';
import { planRun, type RunPlan, type Step } from './run-plan.js';
import { believedAfter, middleChance, playScenario, type StepCourse } from './scenario.js';
import { quantileOf, simulateEnds } from './simulate-run.js';
import { durationBeyond, shareEndedBy, splitLogNormal, type DurationQuantiles } from './split-log-normal.js';
import type { WorkflowShape } from './workflow-shape.js';

export interface RunQuestion {
  /** What its workflow's runs look like; null where none was seen. */
  readonly shape: WorkflowShape | null;
  readonly progress: RunProgress;
  /**
   * Names of the tasks of runs of the workflow that ended well, skipped ones left out, the latest run first: what the run may have left.
   * Where there are none, the shape says what is likely.
   */
  readonly recentRuns?: readonly (readonly string[])[];
  /** How long a task takes, by its name. */
  readonly durationOf: (task: string) => DurationQuantiles | null;
  /** How long runs of the workflow take. */
  readonly runDuration: DurationQuantiles | null;
  readonly nowMs: number;
  readonly deadlineMs?: number | undefined;
}

/** A task that has not ended. */
export interface RemainingTask {
  readonly task: string;
  /** Taken as running when all that it waits for has ended. */
  readonly state: 'running' | 'waiting';
  /** Unix ms; in the past for one that is taken as running. */
  readonly beginMs: number;
  /** Unix ms, not before now. */
  readonly endMs: number;
  /** How long it takes as a whole; null where nothing is known. */
  readonly duration: DurationQuantiles | null;
  /** How likely this run has it. */
  readonly probability: number;
  /** Whether it has run for longer than nine in ten. */
  readonly isOverdue: boolean;
  readonly isCritical: boolean;
}

export interface RunEta {
  /** Unix ms, p10 <= p50 <= p90, not before now; for a run that ended its end. Null where nothing is known. */
  readonly end: { readonly p10Ms: number; readonly p50Ms: number; readonly p90Ms: number } | null;
  /** Share of its usual time that is over. @minimum 0 @maximum 1 */
  readonly progress: number | null;
  /** Names of the tasks that decide when it ends, in their order. */
  readonly criticalPath: readonly string[];
  /** In the order in which they are expected. */
  readonly remaining: readonly RemainingTask[];
  /** P(end > deadline); null without a deadline, or where nothing is known. */
  readonly missProbability: number | null;
  readonly basis: EtaBasis;
}

export interface EtaBasis {
  readonly method: 'finished' | 'critical_path' | 'run_history' | 'none';
  /** Runs and tasks of the workflow that the order of tasks was learned from. */
  readonly runs: number;
  readonly tasks: number;
  /** What the answer takes for granted, in words. */
  readonly assumptions: readonly string[];
}

const startIsTaken = 'No fact tells that a task has started: each is taken as started when all that it waits for had ended and its usual wait was over.';
const failureStops = 'A task that failed is tried again as often as failures of this workflow usually are; what waits for it does not start.';
const unknownTasks = (names: readonly string[]) => `How long is not known of ${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}: they count as no time.`;
const wholeRun = 'What tasks the run has left is not known: it is held against the durations of whole runs.';

/**
 * Predicts when a run ends, from what it has done, what runs of its workflow usually do, and how long each task takes. The same question
 * gets the same answer.
 */
export function predictRun(question: RunQuestion): RunEta {
  const { shape, progress, nowMs, runDuration } = question;
  if (progress.finishedAtMs !== null) return finishedEta(progress.finishedAtMs, question);
  if (shape === null || shape.tasks.length === 0) return wholeRunEta(question);
  const { durationOf, recentRuns = [] } = question;
  const plan = weighedBySilence(planRun({ shape, progress, recentRuns, durationOf, nowMs }), nowMs);
  const courses = playScenario(plan, nowMs, likeliestContents(plan), () => middleChance);
  const unknown = plan.steps.flatMap(({ task, isTask, duration }, place) => (isTask && duration === null && courses[place]?.fate === 'open' ? [task] : []));
  const openCount = plan.steps.filter(({ isTask }, place) => isTask && courses[place]?.fate === 'open').length;
  if (openCount > 0 && unknown.length === openCount && runDuration !== null) return wholeRunEta(question);
  return pathEta(question, { plan, courses, unknown, shape });
}

interface Course {
  readonly plan: RunPlan;
  readonly courses: readonly StepCourse[];
  readonly unknown: readonly string[];
  readonly shape: WorkflowShape;
}

function pathEta({ nowMs, deadlineMs }: RunQuestion, { plan, courses, unknown, shape }: Course): RunEta {
  const ends = simulateEnds(plan, nowMs);
  const end = { p10Ms: quantileOf(ends, 0.1), p50Ms: quantileOf(ends, 0.5), p90Ms: quantileOf(ends, 0.9) };
  const critical = criticalSteps(plan, courses);
  return {
    end,
    progress: shareOver(plan.startedAtMs, nowMs, end.p50Ms),
    criticalPath: critical.flatMap((place) => plan.steps[place]?.task ?? []),
    remaining: remainingTasks(plan, courses, { critical: new Set(critical), nowMs }),
    missProbability: deadlineMs === undefined ? null : ends.filter((endMs) => endMs > deadlineMs).length / ends.length,
    basis: { method: 'critical_path', runs: shape.runs, tasks: shape.tasks.length, assumptions: [startIsTaken, failureStops, ...(unknown.length === 0 ? [] : [unknownTasks(unknown)])] },
  };
}

function remainingTasks(plan: RunPlan, courses: readonly StepCourse[], { critical, nowMs }: { readonly critical: ReadonlySet<number>; readonly nowMs: number }): readonly RemainingTask[] {
  const remaining = plan.steps.flatMap((step, place): readonly RemainingTask[] => {
    const course = courses[place];
    if (course === undefined || !step.isTask || course.fate === 'blocked') return [];
    const isOpen = course.fate === 'open';
    const beginMs = isOpen ? course.beginMs : course.beginMs + step.lagMs;
    const probability = probabilityOf(plan, step, nowMs - beginMs);
    if (!isOpen && probability < leastProbability) return [];
    const { p50Ms, p90Ms } = step.quantiles ?? { p50Ms: 0, p90Ms: Infinity };
    return [
      {
        ...{ task: step.task, state: beginMs <= nowMs ? 'running' : 'waiting', beginMs, duration: step.quantiles, probability },
        endMs: isOpen ? course.endMs : Math.max(beginMs + p50Ms, nowMs),
        isOverdue: nowMs - beginMs > p90Ms,
        isCritical: critical.has(place),
      },
    ];
  });
  return remaining.sort((left, right) => left.endMs - right.endMs || left.beginMs - right.beginMs);
}

/** Less likely tasks are not worth a line. */
const leastProbability = 0.02;

/** How likely the run has more of it, or tries it again. */
function probabilityOf({ weights }: RunPlan, { left, occurrence, duration, isFailed, retryShare }: Step, elapsedMs: number): number {
  const more = weights.reduce((sum, weight, contents) => sum + ((left[contents] ?? 0) > 0 ? weight : 0), 0);
  const again = isFailed ? (1 - more) * believedAfter(retryShare, duration, elapsedMs) : 0;
  return Math.min(more * believedAfter(occurrence, duration, elapsedMs) + again, 1);
}

function finishedEta(finishedAtMs: number, { shape, deadlineMs }: RunQuestion): RunEta {
  return {
    end: { p10Ms: finishedAtMs, p50Ms: finishedAtMs, p90Ms: finishedAtMs },
    ...{ progress: 1, criticalPath: [], remaining: [] },
    missProbability: deadlineMs === undefined ? null : Number(finishedAtMs > deadlineMs),
    basis: { method: 'finished', runs: shape?.runs ?? 0, tasks: shape?.tasks.length ?? 0, assumptions: [] },
  };
}

const z90 = 1.2815515655446004;

/** The rest of a run's usual duration, of those that take longer than it has taken. */
function wholeRunEta({ shape, progress, runDuration, nowMs, deadlineMs }: RunQuestion): RunEta {
  const counts = { runs: shape?.runs ?? 0, tasks: shape?.tasks.length ?? 0 };
  const nothing = { criticalPath: [], remaining: [] };
  if (runDuration === null) return { ...nothing, end: null, progress: null, missProbability: null, basis: { ...counts, method: 'none', assumptions: [] } };
  const startedAtMs = Math.min(progress.startedAtMs ?? nowMs, nowMs);
  const duration = splitLogNormal(runDuration);
  const endAt = (z: number) => Math.max(startedAtMs + durationBeyond(duration, nowMs - startedAtMs, z), nowMs);
  const end = { p10Ms: endAt(-z90), p50Ms: endAt(0), p90Ms: endAt(z90) };
  return {
    ...{ ...nothing, end, progress: shareOver(startedAtMs, nowMs, end.p50Ms) },
    missProbability: deadlineMs === undefined ? null : missProbabilityOf((atMs) => shareEndedBy(duration, atMs - startedAtMs), nowMs, deadlineMs),
    basis: { ...counts, method: 'run_history', assumptions: [wholeRun] },
  };
}

function missProbabilityOf(shareEnded: (atMs: number) => number, nowMs: number, deadlineMs: number): number {
  if (deadlineMs <= nowMs) return 1;
  const left = 1 - shareEnded(nowMs);
  return left < 1e-9 ? 0.5 : Math.min(Math.max((1 - shareEnded(deadlineMs)) / left, 0), 1);
}

function shareOver(startedAtMs: number, nowMs: number, endMs: number): number {
  return endMs <= startedAtMs ? 1 : Math.min(Math.max((nowMs - startedAtMs) / (endMs - startedAtMs), 0), 1);
}
