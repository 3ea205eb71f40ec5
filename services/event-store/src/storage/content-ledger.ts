import type { EventState } from '../domain/event-state.js';
import type { ArtifactState } from '../domain/leaf-state.js';
import { contentOfArtifact, contentOfEvent, noContent, withContent, type ContentTally } from '../domain/tally.js';
import type { RowChange } from './merge-rows.js';

interface RunContent {
  content: ContentTally;
  newEvents: number;
  newArtifacts: number;
  readonly tasks: Map<string, ContentTally>;
}

/**
 * Counts from row changes, never from statements: a repeat changes no row and so counts nothing, and what moves to another task is
 * taken from the one it was counted for.
 */
export class ContentLedger {
  private readonly runs = new Map<string, RunContent>();

  countEvents(changes: readonly RowChange<EventState>[]): void {
    for (const { runId, before, after } of changes) {
      const gone = before === null ? noContent : contentOfEvent(before);
      const come = contentOfEvent(after);
      if (before !== null && before.taskId === after.taskId && come.events === gone.events) continue;
      if (come.events > gone.events) this.run(runId).newEvents += 1;
      this.add(runId, before?.taskId ?? null, gone, -1);
      this.add(runId, after.taskId, come, 1);
    }
  }

  countArtifacts(changes: readonly RowChange<ArtifactState>[]): void {
    for (const { runId, before, after } of changes) {
      if (before !== null && before.taskId === after.taskId && before.sizeBytes === after.sizeBytes && before.direction === after.direction) continue;
      if (before === null) this.run(runId).newArtifacts += 1;
      else this.add(runId, before.taskId, contentOfArtifact(before), -1);
      this.add(runId, after.taskId, contentOfArtifact(after), 1);
    }
  }

  ofRun(runId: string): { readonly content: ContentTally; readonly newEvents: number; readonly newArtifacts: number } {
    return this.runs.get(runId) ?? { content: noContent, newEvents: 0, newArtifacts: 0 };
  }

  /** By how much a task's content changed; undefined when it did not. */
  ofTask(runId: string, taskId: string): ContentTally | undefined {
    return this.runs.get(runId)?.tasks.get(taskId);
  }

  /** All tasks whose content changed. */
  tasks(): readonly { readonly runId: string; readonly taskId: string }[] {
    return [...this.runs].flatMap(([runId, { tasks }]) => [...tasks.keys()].map((taskId) => ({ runId, taskId })));
  }

  private add(runId: string, taskId: string | null, content: ContentTally, sign: 1 | -1): void {
    if (content === noContent) return;
    const run = this.run(runId);
    run.content = withContent(run.content, content, sign);
    if (taskId !== null) run.tasks.set(taskId, withContent(run.tasks.get(taskId) ?? noContent, content, sign));
  }

  private run(runId: string): RunContent {
    const known = this.runs.get(runId);
    if (known !== undefined) return known;
    const run: RunContent = { content: noContent, newEvents: 0, newArtifacts: 0, tasks: new Map() };
    this.runs.set(runId, run);
    return run;
  }
}
