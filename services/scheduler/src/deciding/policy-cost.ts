import type { Cluster } from '../domain/index.js';

/** Below it a policy is always asked: what it overruns is little. */
const largeStages = 5000;
/** How much of what was known stays when a new time is told, or when a policy was left out. */
const memory = 0.8;

/**
 * How long policies take, so that one which cannot be in time with a large state is not begun: a single choice is never broken off.
 * What is remembered fades while a policy is left out, so that it is tried again.
 */
export class PolicyCost {
  private readonly msPerStage = new Map<string, number>();

  /** Whether it would take more than there is. */
  isTooMuch(policyName: string, cluster: Cluster, leftMs: number): boolean {
    const stages = stagesOf(cluster);
    const known = this.msPerStage.get(policyName);
    if (known === undefined || stages < largeStages || known * stages <= leftMs) return false;
    this.msPerStage.set(policyName, known * (1 - (1 - memory) / 10));
    return true;
  }

  add(policyName: string, cluster: Cluster, tookMs: number): void {
    const stages = stagesOf(cluster);
    if (stages < largeStages) return;
    const known = this.msPerStage.get(policyName) ?? tookMs / stages;
    this.msPerStage.set(policyName, memory * known + ((1 - memory) * tookMs) / stages);
  }
}

function stagesOf({ jobs }: Cluster): number {
  let count = 0;
  for (const { stages } of jobs) count += stages.length;
  return count;
}
