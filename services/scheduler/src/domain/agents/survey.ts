import { shareWeight, type ListRules } from '../heuristics/list-policy.js';
import type { JobState } from '../state/job-state.js';
import type { Observation } from '../state/observation.js';
import type { DagNetwork } from './dag-network.js';
import { JobView } from './job-view.js';
import type { StageChoice } from './stage-choice.js';

/** What all agents are told: the same for every job. */
export interface Situation {
  nowMs: number;
  executorCount: number;
  freeCount: number;
  jobCount: number;
  hungryCount: number;
  /** Work that nobody started, executor-ms: of all jobs, and what it would take with ten executors a job. */
  workLeftMs: number;
  workLeftOnTenMs: number;
  sinceArrivalMs: number;
  /** Executors that jobs like those present would keep busy if they came as the last ones did; Infinity when they all came at once, 0 when one came. */
  offeredLoad: number;
}

/** Agents of so many jobs speak at most, those that come first by the heuristic: a decision must not take longer and longer as jobs wait. */
const speakerLimit = 64;

export interface SurveyParts {
  readonly rules: ListRules;
  /** What is added to the exponent of the heuristic's shares. */
  readonly shareExponentCorrection: number;
  readonly network: DagNetwork;
  readonly stageChoice: StageChoice;
}

/** Looks at all jobs before a decision. */
export class Survey {
  readonly situation: Situation = { nowMs: 0, executorCount: 0, freeCount: 0, jobCount: 0, hungryCount: 0, workLeftMs: 0, workLeftOnTenMs: 0, sinceArrivalMs: 0, offeredLoad: 0 };
  /** Hungry jobs whose agents speak, with their next stages. */
  speakers: readonly JobView[] = [];
  /** Hungry jobs that come after all speakers by the heuristic, in its order. */
  silent: readonly JobView[] = [];
  private readonly views: JobView[] = [];
  private readonly known = new WeakMap<JobState, JobView>();
  private readonly hungry: JobView[] = [];

  constructor(private readonly parts: SurveyParts) {}

  look(observation: Observation): void {
    this.lookAtJobs(observation);
    this.setShares(observation.executorCount);
    this.setRanks();
    this.chooseSpeakers(observation);
  }

  /** Sets the stage that a job has next. */
  lookAtStages(observation: Observation, view: JobView): void {
    this.parts.stageChoice.look(observation, view);
  }

  private lookAtJobs(observation: Observation): void {
    const { situation, views } = this;
    const { jobs, source, freeCount } = observation;
    let workMs = 0;
    situation.workLeftMs = 0;
    views.length = 0;
    for (let place = 0; place < jobs.length; place += 1) {
      const job = jobs[place] as JobState;
      const view = this.viewOf(job);
      view.place = place;
      view.isHungry = job.isHungry;
      view.isSource = job === source;
      view.elsewhere = job.supply - (view.isSource ? freeCount : 0);
      view.stage = undefined;
      situation.workLeftMs += job.remainingWorkMs;
      workMs += job.shape.workMs;
      views.push(view);
    }
    this.setTimes(observation, workMs);
  }

  private chooseSpeakers(observation: Observation): void {
    const { hungry, views, situation, parts } = this;
    const isCrowded = hungry.length > speakerLimit;
    const ordered = isCrowded ? inOrder(hungry, parts.rules.order) : hungry;
    this.speakers = isCrowded ? ordered.slice(0, speakerLimit) : hungry;
    this.silent = isCrowded ? ordered.slice(speakerLimit) : [];
    for (const view of isCrowded ? this.speakers : views) view.refresh(parts.network);
    for (const view of this.speakers) this.lookAtStages(observation, view);
    situation.workLeftOnTenMs = 0;
    if (isCrowded) situation.workLeftOnTenMs = situation.workLeftMs;
    else for (const { curveMs } of views) situation.workLeftOnTenMs += curveMs[1] as number;
  }

  private setTimes({ nowMs, executorCount, freeCount, jobs, arrivalGapMs }: Observation, workMs: number): void {
    const { situation } = this;
    situation.nowMs = nowMs;
    situation.executorCount = executorCount;
    situation.freeCount = freeCount;
    situation.jobCount = jobs.length;
    situation.sinceArrivalMs = nowMs - (jobs.at(-1)?.terms.arrivedMs ?? nowMs);
    situation.offeredLoad = workMs / Math.max(jobs.length, 1) / (executorCount * arrivalGapMs);
  }

  private setShares(executorCount: number): void {
    const { rules, shareExponentCorrection } = this.parts;
    const { views } = this;
    let sum = 0;
    for (const view of views) {
      view.weight = view.isHungry && rules.shareExponent !== null ? shareWeight(view.job, rules.shareExponent + shareExponentCorrection, rules.shareBy) : 0;
      sum += view.weight;
    }
    for (const view of views) view.share = rules.shareExponent === null ? executorCount : Math.max(1, Math.ceil((executorCount * view.weight) / sum - 1e-9));
  }

  private setRanks(): void {
    const { hungry, views, situation } = this;
    hungry.length = 0;
    for (const view of views) if (view.isHungry) hungry.push(view);
    hungry.sort((one, other) => one.job.remainingWorkMs - other.job.remainingWorkMs || one.place - other.place);
    let smallerWorkMs = 0;
    for (let rank = 0; rank < hungry.length; rank += 1) {
      const view = hungry[rank] as JobView;
      view.rank = rank;
      view.smallerWorkMs = smallerWorkMs;
      smallerWorkMs += view.job.remainingWorkMs;
    }
    situation.hungryCount = hungry.length;
  }

  private viewOf(job: JobState): JobView {
    let view = this.known.get(job);
    if (view === undefined) this.known.set(job, (view = new JobView(job)));
    return view;
  }
}

/** Of jobs in the order of their remaining work. */
function inOrder(hungry: readonly JobView[], order: ListRules['order']): readonly JobView[] {
  if (order === 'remaining-work') return hungry;
  return order === 'arrival' ? hungry.toSorted((one, other) => one.place - other.place) : hungry.toSorted((one, other) => one.job.shape.workMs - other.job.shape.workMs || one.place - other.place);
}
