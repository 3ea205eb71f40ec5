import { outerStepVariables } from '../environment.js';
import type { StartEntry } from './run-entry.js';
import type { RunState, Unit } from './run-state.js';

type Variables = Readonly<Record<string, string | undefined>>;

/** What a command finds in its environment: what its caller has, what its author says, and which step it is. */
export function taskEnvironment({ begin, runAttempt }: RunState, unit: Unit, { attempt, memoryBytes }: StartEntry, { outer, url }: { readonly outer: Variables; readonly url: URL }): Variables {
  return {
    ...outer,
    ...unit.stage.environment,
    ORRERY_URL: url.href,
    ...outerStepVariables({ runId: begin.run, source: begin.source, attempt: runAttempt, taskId: unit.id }),
    ORRERY_TASK_ATTEMPT: String(attempt),
    ORRERY_INDEX: String(unit.index),
    ORRERY_MEMORY_BYTES: memoryBytes === undefined ? undefined : String(memoryBytes),
  };
}
