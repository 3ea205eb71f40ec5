import type { AdapterInfo, RuntimeName } from '@orrery/learning';

/** What a person asks for: a runtime, or the best one that works. */
export type RequestedRuntime = 'auto' | RuntimeName;

export const requestedRuntimes: readonly RequestedRuntime[] = ['auto', 'cuda', 'webgpu', 'wasm', 'cpu'];

export interface SelfTestResult {
  /** Greatest difference of a loss from that of the reference runtime in the same training. */
  readonly maxDiff: number;
  /** One warm training step of the work to come. */
  readonly ms: number;
}

export interface RejectedRuntime {
  readonly name: RuntimeName;
  readonly reason: string;
}

/** Which runtime computes and why, for health, metrics and model cards: plain JSON. */
export interface RuntimeReport {
  readonly runtime: RuntimeName;
  readonly requested: RequestedRuntime;
  readonly selectedBecause: string;
  readonly rejected: readonly RejectedRuntime[];
  /** Null where the processor computes without a driver; `software` says when an adapter is no GPU. */
  readonly adapter: AdapterInfo | null;
  /** Null for plain JavaScript, which there is nothing to hold against. */
  readonly selfTest: SelfTestResult | null;
}
