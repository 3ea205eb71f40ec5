/** What an experiment asks of one decision. */
export interface Arm {
  readonly experimentId: string;
  readonly arm: 'control' | 'treatment';
  /** Name of the policy that decides; undefined leaves the serving one. */
  readonly policy: string | undefined;
  /** Name of a policy that decides too, without effect. */
  readonly shadow: string | undefined;
}

/** Knows which experiments run; answers at once from what it holds in memory. */
export interface ArmSource {
  armOf(tenantId: string, scheduler: string, nowMs: number): Arm | undefined;
  /** Why a learned policy must not decide there now; undefined when it may. */
  breakerOf(tenantId: string, scheduler: string): string | undefined;
}
