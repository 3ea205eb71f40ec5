import { randomUUID } from 'node:crypto';
import { OrreryError } from '@orrery/errors';
import { assignmentsOf, Cluster, decideGuarded, playPolicy, type Assignment, type ClusterRequest, type ExpectationOf, type Objection } from '../domain/index.js';
import { decisionRecordOf } from '../experiments/decision-record.js';
import type { Arm, ArmSource } from '../experiments/index.js';
import { isKnownName, type PolicyRegistry } from '../policies/policy-registry.js';
import type { ServingPolicy } from '../policies/policy-store.js';
import type { SchedulerMetrics } from '../scheduler.metrics.js';
import type { DecideQuestion } from './decide-request.js';
import type { Decision } from './decision.js';
import type { LedgerWriter } from './ledger-writer.js';
import { KnownClusters } from './known-clusters.js';
import { PolicyCost } from './policy-cost.js';

/** Knows what has been seen of the tasks of workflows. */
export interface ExpectationSource {
  /** Of the workflows of those tasks that the engine says too little of; whoever knows nothing in time says nothing. */
  expectationsFor(tenantId: string, request: ClusterRequest): Promise<ExpectationOf>;
}

export interface DecidingParts {
  readonly policies: PolicyRegistry;
  readonly expectations: ExpectationSource;
  readonly arms: ArmSource;
  readonly ledger: LedgerWriter;
  readonly metrics: SchedulerMetrics;
  readonly deadlineMs: number;
  readonly now: () => number;
  /** Ms, only ever forward. @default performance.now */
  readonly clock?: () => number;
}

/** Which policy is to decide, and what stands in the way of it. */
interface Candidate {
  readonly policy: ServingPolicy;
  readonly heuristic: ServingPolicy;
  readonly objection: Objection | undefined;
}

/** What a policy in shadow decides has no effect; whoever asks waits for it no longer than this. */
const shadowMs = 20;

/** Decides what engines are to start next. */
export class DecidingService {
  private readonly cost = new PolicyCost();
  private readonly clusters = new KnownClusters();

  constructor(private readonly parts: DecidingParts) {}

  /** The time of a state that says none, Unix ms. */
  nowMs(): number {
    return this.parts.now();
  }

  /**
   * Decides in a state: by the policy that is asked for, else by that of the experiment that runs, else by the one that serves; by the
   * heuristic where that must not, cannot or does not in time.
   *
   * @throws ORRERY_NOT_FOUND when the policy has a name that none ever has; ORRERY_VALIDATION when the runs are none that can be.
   */
  async decide(tenantId: string, { request, policy: asked }: DecideQuestion): Promise<Decision> {
    const { arms, expectations, ledger, metrics, now, clock = () => performance.now() } = this.parts;
    // Whoever names a policy takes no part in an experiment.
    const arm = asked === '' ? arms.armOf(tenantId, request.scheduler, now()) : undefined;
    const candidate = await this.candidateFor(tenantId, request, asked === '' ? { name: arm?.policy, isAsked: false } : { name: asked, isAsked: true });
    const shadow = arm?.shadow === undefined ? undefined : await this.parts.policies.find(tenantId, arm.shadow);
    const expectationOf = await expectations.expectationsFor(tenantId, request);
    const startMs = clock();
    const cluster = new Cluster(request, { expectationOf, known: this.clusters.of(tenantId, request.scheduler) });
    const made = this.play(cluster, candidate, clock);
    const tookMs = clock() - startMs;
    const shadowed = shadow === undefined ? undefined : shadowOf(cluster, shadow, clock);
    const decision: Decision = { ...made, ...headOf(request, cluster, arm), decidedAtMs: now(), tookMs, shadow: shadowed?.decided };
    metrics.countDecision(made.policy.version > 0 ? 'learned' : 'heuristic', made.fallback, made.assignments.reduce((sum, { count }) => sum + count, 0), tookMs);
    ledger.add(tenantId, decision, decisionRecordOf(request, decision, { arm, shadowTookMs: shadowed?.tookMs }));
    return decision;
  }

  private async candidateFor(tenantId: string, { scheduler }: ClusterRequest, { name, isAsked }: { readonly name: string | undefined; readonly isAsked: boolean }): Promise<Candidate> {
    const { policies, arms } = this.parts;
    const { serving, heuristic, fault } = await policies.serving(tenantId);
    const found = name === undefined || name === '' ? serving : await policies.find(tenantId, name);
    if (found === undefined) {
      // What an experiment names may have been dropped since; that is no fault of whoever asks.
      if (isAsked && !isKnownName(name ?? '')) throw new OrreryError('ORRERY_NOT_FOUND', `there is no policy ${name}: GET /api/v1/schedule/policies lists them`, { details: { policy: name } });
      return { policy: heuristic, heuristic, objection: { fallback: 'no_policy', words: `there is no policy ${name} yet` } };
    }
    if (found === serving && fault !== undefined) return { policy: heuristic, heuristic, objection: { fallback: 'no_policy', words: fault } };
    const broken = found.version > 0 ? arms.breakerOf(tenantId, scheduler) : undefined;
    return { policy: found, heuristic, objection: broken === undefined ? undefined : { fallback: 'breaker', words: broken } };
  }

  private play(cluster: Cluster, { policy, heuristic, objection: known }: Candidate, clock: () => number): Pick<Decision, 'policy' | 'fallback' | 'fallbackWords' | 'assignments' | 'heuristic' | 'heuristicAssignments'> {
    const isPlain = policy.version === heuristic.version && policy.name === heuristic.name;
    const costName = `${policy.name} ${policy.version}`;
    const { given, heuristicGiven, policyMs, objection = isPlain ? known : undefined } = decideGuarded(cluster, {
      heuristic: heuristic.policy,
      policy: isPlain ? undefined : policy.policy,
      objection: (state, leftMs) => known ?? this.objectionTo(policy, state, costName, leftMs),
      clock,
      deadlineMs: this.parts.deadlineMs,
    });
    if (policyMs !== undefined) this.cost.add(costName, cluster, policyMs);
    const decides = objection === undefined ? policy : heuristic;
    const heuristicAssignments = assignmentsOf(heuristicGiven, heuristic.name);
    const assignments: readonly Assignment[] = given === heuristicGiven ? heuristicAssignments : assignmentsOf(given, decides.name);
    const { fallback = '', words: fallbackWords = '' } = objection ?? {};
    return { policy: { name: decides.name, version: decides.version }, fallback, fallbackWords, assignments, heuristic: heuristic.name, heuristicAssignments } as const;
  }

  private objectionTo({ strangeness }: ServingPolicy, cluster: Cluster, costName: string, leftMs: number): Objection | undefined {
    if (this.cost.isTooMuch(costName, cluster, leftMs)) return { fallback: 'deadline', words: 'the policy has been too slow for so large a state' };
    const words = strangeness?.(cluster);
    return words === undefined ? undefined : { fallback: 'out_of_distribution', words };
  }
}

function headOf({ scheduler }: ClusterRequest, { jobs, freeSlots }: Cluster, arm: Arm | undefined): Pick<Decision, 'decisionId' | 'scheduler' | 'runs' | 'freeSlots' | 'experimentId' | 'arm'> {
  return { decisionId: randomUUID(), scheduler, runs: jobs.length, freeSlots, experimentId: arm?.experimentId ?? '', arm: arm?.arm ?? '' };
}

function shadowOf(cluster: Cluster, shadow: ServingPolicy, clock: () => number): { readonly decided: Decision['shadow']; readonly tookMs: number } {
  const startMs = clock();
  const { given, fault } = playPolicy(cluster, shadow.policy, () => clock() >= startMs + shadowMs);
  const tookMs = clock() - startMs;
  return { decided: fault === undefined ? { policy: shadow.name, assignments: assignmentsOf(given, shadow.name) } : undefined, tookMs };
}
