import { plainHeuristic, servingHeuristics, type Policy } from '../domain/index.js';
import type { OpenedPolicy } from './open-policy.js';
import type { ServingPolicy } from './policy-store.js';
import type { Ruled } from './ruled-policy.js';

/** A policy that comes with the product. */
export interface ShippedPolicy {
  /** Of its file, without the ending. */
  readonly name: string;
  readonly checksum: string;
  /** Undefined where it is damaged. */
  readonly opened: OpenedPolicy | undefined;
  readonly fault: string | undefined;
  readonly card: unknown;
  /** As it lies in its file; undefined where that is no JSON. */
  readonly artifact: unknown;
}

/** What comes with the product counts as version 1 of every learned policy. */
export const shippedVersion = 1;
export const learnedName = 'learned';
export const tunedName = 'tuned';

/** What every tenant has: the heuristics, and the policies that come with the product. */
export class PolicyShelf {
  /** @param ruled what heuristics are served by: they keep the same rules as what was learned. */
  constructor(
    readonly shipped: readonly ShippedPolicy[],
    private readonly ruled: Ruled = (policy) => policy,
  ) {}

  /** What serves unless a tenant chose otherwise; undefined where none that can be read came with the product. */
  get best(): ShippedPolicy | undefined {
    return this.shipped.find(({ name, opened }) => name === learnedName && opened !== undefined) ?? this.shipped.find(({ opened }) => opened !== undefined);
  }

  /** What serves by itself first. */
  get inOrder(): readonly ShippedPolicy[] {
    const { best } = this;
    return best === undefined ? this.shipped : [best, ...this.shipped.filter((one) => one !== best)];
  }

  heuristic(name: string): ServingPolicy | undefined {
    const found = servingHeuristics.get(name);
    return found === undefined ? undefined : { name, version: 0, policy: this.ruled(found.policy) };
  }

  /** The heuristic that a learned policy stands on, else the plain one. */
  beside(learned: OpenedPolicy | undefined): ServingPolicy {
    const base: Policy | undefined = (learned ?? this.best?.opened)?.base;
    if (base !== undefined) return { name: tunedName, version: 0, policy: base };
    return { name: plainHeuristic, version: 0, policy: (this.heuristic(plainHeuristic) as ServingPolicy).policy };
  }

  shippedPolicy(name: string): ServingPolicy | undefined {
    const found = this.shipped.find((one) => one.name === name);
    return found?.opened === undefined ? undefined : { name, version: shippedVersion, ...found.opened };
  }
}
