import { showMemory } from './quantity.js';

/** What is known of an attempt that ended, for judging whether it wanted memory. */
export interface EndedAttempt {
  readonly exitCode: number;
  /** Whether it was stopped for having more than it was given. */
  readonly isOverAllotment: boolean;
  /** Whether it was stopped for another reason: by a person, or at its time limit. */
  readonly isStopped: boolean;
  readonly memoryBytes?: number;
  readonly peakMemoryBytes?: number;
  readonly outputEnd: string;
}

export interface MemoryLimits {
  /** The most that any task can be given. */
  readonly mostBytes: number;
  readonly raises: number;
  /** Whether anything holds it to what it is given; else more of it changes little. */
  readonly isLimited: boolean;
}

const SIGKILL_CODE = 137;
const MOST_RAISES = 6;
const MOST_RAISES_UNLIMITED = 1;
const LEAST_BYTES = 64 * 1024 ** 2;
/** As V8, the JVM, Python, C++, Go, the shell's fork and GNU tools say it. */
const SIGNS = /out of memory|outofmemory|oom[- ]?kill|MemoryError|cannot allocate memory|std::bad_alloc|ENOMEM|memory exhausted/i;

/** Whether an attempt ended for want of memory: stopped for its allotment, killed by the system, or by its own words. */
export function wantedMemory({ exitCode, isOverAllotment, isStopped, outputEnd }: EndedAttempt): boolean {
  if (isOverAllotment) return true;
  if (isStopped || exitCode === 0) return false;
  return exitCode === SIGKILL_CODE || SIGNS.test(outputEnd);
}

/**
 * What to give the next attempt: twice as much as this one had (or was seen to use, where it had no limit), within what there is.
 *
 * @returns undefined when there is no more to give
 */
export function nextAllotment(ended: EndedAttempt, { mostBytes, raises, isLimited }: MemoryLimits): number | undefined {
  const had = ended.memoryBytes ?? Math.max(LEAST_BYTES, ended.peakMemoryBytes ?? 0);
  if (raises >= (isLimited ? MOST_RAISES : MOST_RAISES_UNLIMITED) || (ended.memoryBytes ?? 0) >= mostBytes) return undefined;
  return Math.min(mostBytes, had * 2);
}

/** In words, for the error of the attempt. */
export function tellWant({ isOverAllotment, memoryBytes, peakMemoryBytes }: EndedAttempt): string {
  const peak = peakMemoryBytes === undefined ? '' : ` (${showMemory(peakMemoryBytes)} seen)`;
  if (isOverAllotment && memoryBytes !== undefined) return `used more than the ${showMemory(memoryBytes)} it was given${peak}`;
  return `ended for want of memory${memoryBytes === undefined ? '' : `, given ${showMemory(memoryBytes)}`}${peak}`;
}
