import { listPolicy, type ListRules } from '../heuristics/list-policy.js';
import type { Choice, Policy } from '../policy.js';
import type { StageState } from '../state/job-state.js';
import type { Observation } from '../state/observation.js';
import { AgentNetwork } from './agent-network.js';
import { DagNetwork } from './dag-network.js';
import { newFeatures, writeFeatures } from './features.js';
import type { JobView } from './job-view.js';
import { corrections, heads, layout } from './layout.js';
import { askPrice } from './resource-agent.js';
import { StageChoice } from './stage-choice.js';
import { Survey } from './survey.js';

/** How far a head moves what it speaks of, for an output of 1. */
const reach = { bid: 6, parallelism: 2, staying: 3, leftovers: 6 } as const;
/** More than any two jobs differ in by the order of the heuristic: e^24 ms of work are 300 days on one executor. */
const localBonus = 24;

/**
 * A tuned heuristic with learned corrections. Each job has an agent that bids for the executors on offer and says how many it wants; all agents share
 * their weights. The highest bid that is below its wish gets them. With {@link firstParameters} it decides exactly what the heuristic does.
 *
 * Needs time in proportion to the jobs; stages are looked at again only where a job changed.
 */
export class LearnedPolicy implements Policy {
  private readonly survey: Survey;
  private readonly agent: AgentNetwork;
  private readonly heuristic: Policy;
  private readonly correction: { readonly order: number; readonly staying: number; readonly parallelism: number };
  private readonly features = newFeatures();
  private readonly choice = { stage: undefined as StageState | undefined, count: 0, bid: 0, price: 0, desiredCount: 0 };
  private readonly winner = { view: undefined as JobView | undefined, value: 0, bid: 0, price: 0, room: 0 };
  private readonly taker = { view: undefined as JobView | undefined, value: 0, bid: 0, price: 0, room: 0 };

  /**
   * @param parameters of {@link layout}; not copied.
   * @param onFeatures is shown what each agent is told; the array is written anew for the next.
   */
  constructor(
    readonly name: string,
    private readonly rules: ListRules,
    parameters: Float64Array,
    private readonly onFeatures?: (features: Float64Array) => void,
  ) {
    const correctionOf = (which: keyof typeof corrections): number => parameters[layout.correctionsAt + corrections[which]] as number;
    this.agent = new AgentNetwork(parameters);
    this.heuristic = listPolicy(name, rules);
    this.correction = { order: Math.exp(correctionOf('order')), staying: localBonus * (1 + correctionOf('staying')), parallelism: Math.exp(correctionOf('parallelism')) };
    this.survey = new Survey({ rules, shareExponentCorrection: correctionOf('shareExponent'), network: new DagNetwork(parameters), stageChoice: new StageChoice(parameters, rules.stage) });
  }

  decide(observation: Observation): Choice {
    this.survey.look(observation);
    this.winner.view = undefined;
    this.taker.view = undefined;
    for (const view of this.survey.speakers) if (view.stage !== undefined) this.hear(observation, view, view.stage);
    if (this.winner.view === undefined) this.hearSilent(observation);
    if (this.winner.view !== undefined) return this.give(this.winner, observation);
    if (this.taker.view !== undefined) return this.give(this.taker, observation);
    // Who rests while nothing goes on would never be asked again.
    if (!goesOn(observation)) return this.heuristic.decide(observation);
    return this.rest(observation);
  }

  private hear(observation: Observation, view: JobView, stage: StageState): void {
    const { rules, correction } = this;
    const { executorCount } = observation;
    const said = this.ask(view, stage);
    const staysLocal = rules.staysLocal && view.isSource;
    const limit = this.limitOf(view, said, executorCount);
    const bid = this.plainBid(view) + (staysLocal ? correction.staying : 0) + reach.bid * (said[heads.bid] as number);
    const price = askPrice(observation, stage);
    const room = limit - view.elsewhere;
    if (room > 0) keepBetter(this.winner, view, { bid, price, value: bid - price, room });
    const takesLeftovers = (rules.givesLeftovers ? 1 : -1) + reach.leftovers * (said[heads.leftovers] as number) > 0;
    if (takesLeftovers && (view.isSource || view.job.supply < executorCount)) keepBetter(this.taker, view, { bid, price, value: bid - price + (view.isSource ? localBonus : 0), room: Infinity });
  }

  /** Where no speaker wants what is on offer, others get it as the heuristic has it. */
  private hearSilent(observation: Observation): void {
    for (const view of this.survey.silent) {
      const room = view.share - view.elsewhere;
      const isTaker = this.rules.givesLeftovers && this.taker.view === undefined && view.job.supply < observation.executorCount;
      if (room <= 0 && !isTaker) continue;
      this.survey.lookAtStages(observation, view);
      if (view.stage === undefined) continue;
      const bid = this.plainBid(view);
      const offer = { bid, price: 0, value: bid, room: room > 0 ? room : Infinity };
      keepBetter(room > 0 ? this.winner : this.taker, view, offer);
      if (room > 0) return;
    }
  }

  /** How many executors the job may have in all. */
  private limitOf({ share, isSource }: JobView, said: Float64Array, executorCount: number): number {
    const staying = isSource ? reach.staying * (said[heads.staying] as number) : 0;
    const wish = share * this.correction.parallelism * Math.exp(reach.parallelism * (said[heads.parallelism] as number) + staying);
    const wanted = Math.max(1, Math.min(executorCount, Math.round(wish)));
    // The heuristic lets all stay: from there a wish can only make it fewer.
    return isSource && this.rules.staysLocal ? Math.max(wanted, Math.round(executorCount * Math.exp(Math.min(0, staying)))) : wanted;
  }

  private ask(view: JobView, stage: StageState): Float64Array {
    writeFeatures(this.features, view, stage, this.survey.situation);
    this.onFeatures?.(this.features);
    return this.agent.forward(this.features);
  }

  /** Higher for whom the heuristic asks earlier. */
  private plainBid({ job, place }: JobView): number {
    const { order } = this.rules;
    if (order === 'arrival') return -2 * this.correction.order * Math.log(1 + place);
    return -this.correction.order * Math.log(Math.max(1e-3, order === 'total-work' ? job.shape.workMs : job.remainingWorkMs));
  }

  private give({ view, bid, price, room }: LearnedPolicy['winner'], { freeCount }: Observation): Choice {
    const { choice } = this;
    const { stage, elsewhere } = view as JobView;
    choice.stage = stage;
    choice.count = Math.max(1, Math.min((stage as StageState).demand, room, freeCount));
    choice.bid = bid;
    choice.price = price;
    choice.desiredCount = room === Infinity ? elsewhere + choice.count : elsewhere + room;
    return choice;
  }

  private rest({ freeCount }: Observation): Choice {
    return Object.assign(this.choice, { stage: undefined, count: freeCount, bid: 0, price: 0, desiredCount: 0 });
  }
}

type Offer = { view: JobView | undefined; value: number; bid: number; price: number; room: number };

function keepBetter(best: Offer, view: JobView, { value, bid, price, room }: Omit<Offer, 'view'>): void {
  const before = best.view;
  if (before !== undefined && (value < best.value || (value === best.value && view.job.remainingWorkMs >= before.job.remainingWorkMs))) return;
  best.view = view;
  best.value = value;
  best.bid = bid;
  best.price = price;
  best.room = room;
}

/** Whether some stage will still ask for its next executor, or be asked what its executors do next. */
function goesOn({ jobs }: Observation): boolean {
  return jobs.some(({ stages }) => stages.some((stage) => !stage.isStarted && (stage.startedCount > stage.finishedCount || (stage.isRunnable && stage.movingCount + stage.committedCount > 0))));
}
