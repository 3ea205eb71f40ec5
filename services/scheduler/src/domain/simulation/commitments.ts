import type { SimulatedStage } from './simulated-job.js';

/** Promises of executors that stand at one place, in the order in which they were made; a promise to no stage lets the executor rest. */
export class Commitments {
  private readonly counts = new Map<SimulatedStage | undefined, number>();

  get isEmpty(): boolean {
    return this.counts.size === 0;
  }

  add(stage: SimulatedStage | undefined, count: number): void {
    this.counts.set(stage, (this.counts.get(stage) ?? 0) + count);
  }

  /** Takes one executor of the oldest promise. The promise must be there: see {@link isEmpty}. */
  takeOne(): SimulatedStage | undefined {
    const [stage, count] = this.counts.entries().next().value ?? [undefined, 0];
    if (count > 1) this.counts.set(stage, count - 1);
    else {
      this.counts.delete(stage);
      stage?.promisedBy.delete(this);
    }
    return stage;
  }

  /** Takes back all that was promised to a stage; says how many executors that were. */
  withdraw(stage: SimulatedStage): number {
    const count = this.counts.get(stage) ?? 0;
    this.counts.delete(stage);
    return count;
  }
}
