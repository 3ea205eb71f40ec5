import { OrreryError } from '@orrery/errors';
import type { PoolState } from '../state/observation.js';

/** Equal slots that share memory. */
export interface SlotPool {
  readonly id: string;
  /** Whole, at least 1. */
  readonly slotCount: number;
  /** How many times longer than usual tasks take here. @default 1 */
  readonly timeFactor?: number;
  /** Shared by the slots; does not bind where absent. */
  readonly memoryBytes?: number;
}

/** A pool as an episode goes on. */
export class SlotPoolState implements PoolState {
  readonly id: string;
  readonly executorCount: number;
  readonly timeFactor: number;
  readonly memoryBytes: number;
  freeMemoryBytes = 0;
  freeCount = 0;

  /** @throws ORRERY_VALIDATION when a figure is none. */
  constructor({ id, slotCount, timeFactor = 1, memoryBytes = Infinity }: SlotPool) {
    if (!Number.isInteger(slotCount) || slotCount < 1) throw new OrreryError('ORRERY_VALIDATION', `pool ${id}: expected at least one slot, got ${slotCount}`);
    if (!Number.isFinite(timeFactor) || timeFactor <= 0) throw new OrreryError('ORRERY_VALIDATION', `pool ${id}: expected a time factor above 0, got ${timeFactor}`);
    if (!(memoryBytes > 0)) throw new OrreryError('ORRERY_VALIDATION', `pool ${id}: expected memory, got ${memoryBytes} bytes`);
    this.id = id;
    this.executorCount = slotCount;
    this.timeFactor = timeFactor;
    this.memoryBytes = memoryBytes;
    this.clear();
  }

  clear(): void {
    this.freeCount = this.executorCount;
    this.freeMemoryBytes = this.memoryBytes;
  }

  take(memoryBytes: number): void {
    this.freeCount -= 1;
    this.freeMemoryBytes -= memoryBytes;
  }

  giveBack(memoryBytes: number): void {
    this.freeCount += 1;
    // Sums of fractions can miss the whole by a hair; an empty pool has all.
    this.freeMemoryBytes = this.freeCount === this.executorCount ? this.memoryBytes : this.freeMemoryBytes + memoryBytes;
  }
}
