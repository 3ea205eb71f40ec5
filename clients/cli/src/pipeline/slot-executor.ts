import { totalmem } from 'node:os';
import { OrreryError } from '@orrery/errors';
import type { Choice, Chooser } from './chooser.js';
import type { Pipeline } from './definition.js';
import type { LiveRun } from './live-run.js';
import { shareOfMemory, viewRun, type MachineView, type Pick } from './machine-view.js';
import { plainOrder } from './plain-order.js';
import { showMemory } from './quantity.js';
import type { Unit } from './run-state.js';

export interface Machine {
  readonly slots: number;
  /** Shared by all tasks; absent when memory is not limited. */
  readonly memoryBytes?: number;
}

/**
 * Runs the tasks of any number of runs in the slots of this machine. Whenever slots are free and something could start, it asks
 * what; whatever the answer, something runs while something can.
 */
export class SlotExecutor {
  private readonly runs: LiveRun[] = [];
  private readonly taken = new Map<number, number | undefined>();
  private isAwake = false;
  private isTurning = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly machine: Machine,
    private readonly chooser: Chooser,
  ) {}

  get isIdle(): boolean {
    return this.runs.length === 0;
  }

  get live(): readonly LiveRun[] {
    return this.runs;
  }

  /** Carries a run on until it is over. */
  add(run: LiveRun): void {
    this.runs.push(run);
    void run.finished.then(() => {
      this.runs.splice(this.runs.indexOf(run), 1);
      this.wake();
    });
    // A run that was taken up may have nothing left to do.
    void run.finishIfOver();
    this.wake();
  }

  /** Puts all runs down, for somebody else to take up; resolves when nothing runs any more. */
  async suspend(): Promise<void> {
    clearTimeout(this.timer);
    const live = [...this.runs];
    for (const run of live) run.suspend();
    await Promise.all(live.map(({ finished }) => finished));
  }

  private wake(): void {
    this.isAwake = true;
    if (!this.isTurning) void this.turn();
  }

  private async turn(): Promise<void> {
    this.isTurning = true;
    // Ends that come at the same moment are one question.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.isAwake) {
      this.isAwake = false;
      await this.assign();
    }
    this.isTurning = false;
    this.setTimer();
  }

  private async assign(): Promise<void> {
    const view = this.view();
    if (view.freeSlots <= 0 || !hasReady(view)) return;
    const choice = await this.chooser.choose(view);
    const { started, vain } = this.startAll(choice.picks, choice);
    if (choice.decision === undefined) return;
    // Slots meant for what cannot start now, and a machine that would stand still, go by plain order.
    const spare = started === 0 && this.taken.size === 0 ? view.freeSlots : vain;
    if (spare > 0) this.startAll(plainOrder(this.view(), this.chooser.order).slice(0, spare), { picks: [] });
  }

  private startAll(picks: readonly Pick[], choice: Choice): { readonly started: number; readonly vain: number } {
    let started = 0;
    for (const pick of picks) if (this.start(pick, choice)) started += 1;
    return { started, vain: picks.length - started };
  }

  private start({ runId, stage, memoryBytes: advised, reason }: Pick, { decision }: Choice): boolean {
    const run = this.runs.find(({ id, isOpen }) => isOpen && id === runId);
    const unit = run?.state.ready(Date.now()).find((each) => each.stage.name === stage);
    const slot = this.freeSlot();
    if (run === undefined || unit === undefined || slot === undefined || this.isAtQuota(run)) return false;
    const memoryBytes = this.allotment(unit, advised);
    if ((memoryBytes ?? 0) > this.freeMemoryBytes(this.machine.memoryBytes ?? Infinity)) return false;
    this.taken.set(slot, memoryBytes);
    void run.start(unit, { slot, memoryBytes, ...this.limitsOf(unit), reason, policy: decision?.policy, fallback: decision?.fallback || undefined }).finally(() => {
      this.taken.delete(slot);
      this.wake();
    });
    return true;
  }

  /** What its author or a want of memory says; else, where memory is shared, what the platform advises or an equal share. */
  private allotment(unit: Unit, advised: number | undefined): number | undefined {
    const { memoryBytes: most } = this.machine;
    if (most === undefined) return unit.memoryBytes;
    return Math.min(most, unit.memoryBytes ?? advised ?? shareOfMemory(this.machine) ?? most);
  }

  private limitsOf({ stage }: Unit): { readonly isLimited: boolean; readonly mostBytes: number } {
    const { memoryBytes } = this.machine;
    return { isLimited: stage.memoryBytes !== undefined || memoryBytes !== undefined, mostBytes: memoryBytes ?? totalmem() };
  }

  private isAtQuota({ state }: LiveRun): boolean {
    return state.units.filter(({ status }) => status === 'running').length >= (state.begin.pipeline.maxSlots ?? Infinity);
  }

  private freeSlot(): number | undefined {
    for (let slot = 0; slot < this.machine.slots; slot++) if (!this.taken.has(slot)) return slot;
    return undefined;
  }

  private freeMemoryBytes(memoryBytes: number): number {
    return memoryBytes - [...this.taken.values()].reduce<number>((sum, each) => sum + (each ?? 0), 0);
  }

  private view(): MachineView {
    const { slots, memoryBytes } = this.machine;
    const nowMs = Date.now();
    return {
      nowMs,
      slots,
      freeSlots: slots - this.taken.size,
      memoryBytes,
      freeMemoryBytes: memoryBytes === undefined ? undefined : this.freeMemoryBytes(memoryBytes),
      runs: this.runs.filter(({ isOpen }) => isOpen).map(({ state }) => viewRun(state, nowMs)),
    };
  }

  private setTimer(): void {
    clearTimeout(this.timer);
    const nowMs = Date.now();
    const wakes = this.runs.map(({ state }) => state.nextWakeMs(nowMs)).filter((atMs) => atMs !== undefined);
    if (wakes.length > 0) this.timer = setTimeout(() => this.wake(), Math.min(...wakes) - nowMs + 1);
  }
}

function hasReady({ runs }: MachineView): boolean {
  return runs.some(({ stages, running, maxSlots = Infinity }) => running < maxSlots && stages.some(({ ready }) => ready.length > 0));
}

/** @throws ORRERY_VALIDATION when a task could never run here */
export function checkFits({ stages }: Pipeline, { memoryBytes }: Machine): void {
  const tooLarge = memoryBytes === undefined ? [] : stages.filter((stage) => (stage.memoryBytes ?? 0) > memoryBytes);
  if (tooLarge.length === 0 || memoryBytes === undefined) return;
  const words = tooLarge.map((stage) => `${stage.name} (${showMemory(stage.memoryBytes ?? 0)})`);
  throw new OrreryError('ORRERY_VALIDATION', `more memory than the ${showMemory(memoryBytes)} there are: ${words.join(', ')}`);
}
