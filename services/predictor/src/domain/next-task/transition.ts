/** The name that stands for the end of a run, where a task is expected. */
export const endOfRun = '';

/** What came after what in a run. */
export interface Transition {
  /** Names of the tasks that had ended before, in the order of the log. */
  readonly context: readonly string[];
  /** Name of the task that ended next; {@link endOfRun} when none did. */
  readonly next: string;
}
