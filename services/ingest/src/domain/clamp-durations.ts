import type { Execution } from './source-event.js';
import { endNotBefore } from './time.js';

interface Timed {
  readonly startedAtMs?: number | undefined;
  readonly finishedAtMs?: number | undefined;
}

/** An execution in which nothing ends before it starts; adds `negative_duration` to the flags where an end had to be moved. */
export function clamped(execution: Execution, flags: Set<string>): Execution {
  const clamp = <Statement extends Timed>(statement: Statement): Statement => {
    const { startedAtMs, finishedAtMs } = statement;
    if (startedAtMs === undefined || finishedAtMs === undefined || finishedAtMs >= startedAtMs) return statement;
    return { ...statement, finishedAtMs: endNotBefore(startedAtMs, finishedAtMs, flags) };
  };
  return { ...execution, run: clamp(execution.run), tasks: execution.tasks?.map(clamp), events: execution.events?.map(clamp) };
}
