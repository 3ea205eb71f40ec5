import { hash } from 'node:crypto';
import {
  decodeGuard,
  decodeState,
  encodeGuard,
  encodeState,
  evaluate,
  fold,
  isNormalAgain,
  levelsOf,
  workflowId,
  workloadKeyOf,
  type Anomaly,
  type BaselineState,
  type EvaluationContext,
  type Finding,
  type GuardState,
  type Observation,
} from '@orrery/baseline/domain';

/** What the service keeps in its tables, in memory. */
export class ReplayedLog {
  readonly states = new Map<string, BaselineState>();
  readonly guards = new Map<string, GuardState>();
  readonly anomalies = new Map<string, Anomaly>();
  readonly #seen = new Set<string>();

  /** @param throughBytes every state goes through its stored form each time. */
  constructor(readonly throughBytes = false) {}

  /** What an observation would be judged by now. */
  contextOf(observation: Observation): EvaluationContext {
    const levels = levelsOf(workloadKeyOf(observation)).map((level) => ({ ...level, state: this.states.get(level.keyId) ?? null }));
    return { levels, guard: this.guards.get(workflowId(observation)) ?? null, thresholds: () => 1 };
  }

  /** Learns a fact that was not seen before. */
  take(observation: Observation, context = this.contextOf(observation)): readonly Finding[] {
    if (this.#seen.has(observation.observationId)) return [];
    this.#seen.add(observation.observationId);
    const { states, guard, findings, normal } = evaluate(context, observation);
    for (const { keyId, state } of states) this.states.set(keyId, this.throughBytes ? decodeState(encodeState(state)) : state);
    if (observation.subject === 'task') this.guards.set(workflowId(observation), this.throughBytes ? decodeGuard(encodeGuard(guard)) : guard);
    this.#fold(observation, findings, { normal, subjectKeyIds: [context.levels.find(({ isSubject }) => isSubject)?.keyId ?? '', workflowId(observation)] });
    return findings;
  }

  /** One digest of all that was learned and said. */
  digest(): string {
    const parts = [...this.states].sort(([left], [right]) => (left < right ? -1 : 1)).map(([keyId, state]) => `${keyId} ${Buffer.from(encodeState(state)).toString('base64')}`);
    const guards = [...this.guards].map(([id, guard]) => `${id} ${Buffer.from(encodeGuard(guard)).toString('base64')}`).sort();
    return hash('sha256', JSON.stringify([parts, guards, [...this.anomalies].sort(([left], [right]) => (left < right ? -1 : 1))]), 'hex');
  }

  #fold(observation: Observation, findings: readonly Finding[], { normal, subjectKeyIds }: { readonly normal: readonly string[]; readonly subjectKeyIds: readonly string[] }): void {
    const found = new Set<string>();
    for (const finding of findings) {
      const id = `${finding.subjectKeyId} ${finding.cause}`;
      found.add(id);
      const anomaly = fold(this.anomalies.get(id) ?? null, { kind: 'finding', finding });
      if (anomaly !== null) this.anomalies.set(id, anomaly);
    }
    for (const subjectKeyId of subjectKeyIds) {
      for (const cause of this.#causes.get(subjectKeyId) ?? []) {
        const id = `${subjectKeyId} ${cause}`;
        const anomaly = this.anomalies.get(id);
        if (found.has(id) || anomaly === undefined || !isNormalAgain(cause, normal)) continue;
        const after = fold(anomaly, { kind: 'normal', atMs: observation.observedAtMs });
        if (after !== null) this.anomalies.set(id, after);
      }
    }
    for (const { subjectKeyId, cause } of findings) this.#causes.set(subjectKeyId, (this.#causes.get(subjectKeyId) ?? new Set()).add(cause));
  }

  readonly #causes = new Map<string, Set<string>>();
}
