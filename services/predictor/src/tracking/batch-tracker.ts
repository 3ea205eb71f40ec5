import { workflowIdOf } from '@orrery/contracts';
import {
  emptyHistory,
  emptyProgress,
  historyKeysOfExecution,
  newWorkflowState,
  remember,
  trackExecution,
  trackRun,
  type Champions,
  type Execution,
  type History,
  type HistoryKey,
  type HistoryPoint,
  type ScoredPrediction,
  type TrainingExample,
  type WorkflowState,
} from '../domain/index.js';
import type { StoredHistory } from '../storage/history.repository.js';
import type { StoredRun } from '../storage/run-progress.repository.js';
import type { StoredWorkflow } from '../storage/workflow-state.repository.js';

/** An execution that ended, and when the log took its fact. */
export interface RecordedExecution {
  readonly execution: Execution;
  readonly recordedAtMs: number;
  /** The month that its rows lie in. */
  readonly bucket: string;
}

export interface TrackerMemory {
  /** By key id. */
  readonly histories: Map<string, History>;
  /** By workflow id. */
  readonly workflows: Map<string, WorkflowState>;
  /** By run id. */
  readonly runs: Map<string, StoredRun>;
  readonly champions: Champions;
}

export interface InBucket {
  readonly bucket: string;
}

/** Follows executions one after the other, in memory: what it needs was loaded before, and what it changed is saved after. */
export class BatchTracker {
  readonly scored: (ScoredPrediction & InBucket)[] = [];
  readonly examples: { readonly example: TrainingExample; readonly bucket: string }[] = [];
  /** Workflows whose predictions became worse than they used to be. */
  driftCount = 0;
  private readonly changedHistories = new Map<string, StoredHistory>();
  private readonly changedWorkflows = new Map<string, StoredWorkflow>();

  constructor(private readonly memory: TrackerMemory) {}

  track(entry: RecordedExecution): void {
    const { histories, workflows, champions } = this.memory;
    const { tenantId, engine, namespace, workflow } = entry.execution.observation;
    const workflowId = workflowIdOf({ tenantId, engine, namespace, workflow });
    const state = workflows.get(workflowId) ?? newWorkflowState();
    const keys = historyKeysOfExecution(entry.execution);
    const chain = keys.map(({ keyId, level }) => ({ level, history: histories.get(keyId) ?? emptyHistory }));
    const { scored, example, point, trust } = trackExecution(entry.execution, chain, state, champions);
    if (state.drift.sinceMs === null && trust.drift.sinceMs !== null) this.driftCount++;
    for (const key of keys) this.rememberPoint(key, point, entry.recordedAtMs);
    this.rememberWorkflow(workflowId, this.follow(entry, workflowId, { ...state, ...trust }), entry);
    this.examples.push({ example, bucket: entry.bucket });
    this.keep(scored, entry);
  }

  histories(): readonly StoredHistory[] {
    return [...this.changedHistories.values()];
  }

  workflows(): readonly StoredWorkflow[] {
    return [...this.changedWorkflows.values()];
  }

  runs(): readonly StoredRun[] {
    return [...this.memory.runs.values()];
  }

  private follow(entry: RecordedExecution, workflowId: string, state: WorkflowState): WorkflowState {
    const { runs, champions } = this.memory;
    const { runId } = entry.execution.observation;
    const run = runs.get(runId) ?? { runId, workflowId, progress: emptyProgress, recordedAtMs: 0 };
    const tracked = trackRun(entry.execution, run.progress, state, champions.nextTask(workflowId));
    runs.set(runId, { ...run, progress: tracked.progress, recordedAtMs: Math.max(run.recordedAtMs, entry.recordedAtMs) });
    if (tracked.scored !== null) this.keep([tracked.scored], entry);
    return tracked.state;
  }

  private keep(scored: readonly ScoredPrediction[], { bucket }: InBucket): void {
    for (const one of scored) this.scored.push({ ...one, bucket });
  }

  private rememberPoint({ keyId, level, key }: HistoryKey, point: HistoryPoint, recordedAtMs: number): void {
    const before = this.changedHistories.get(keyId);
    const history = remember(this.memory.histories.get(keyId) ?? emptyHistory, point);
    this.memory.histories.set(keyId, history);
    this.changedHistories.set(keyId, { keyId, level, key, history, updatedAtMs: Math.max(point.finishedAtMs, before?.updatedAtMs ?? 0), learnedAtMs: Math.max(recordedAtMs, before?.learnedAtMs ?? 0) });
  }

  private rememberWorkflow(workflowId: string, state: WorkflowState, { execution, recordedAtMs }: RecordedExecution): void {
    const { subject, engine, namespace, workflow } = execution.observation;
    const learnedAtMs = Math.max(recordedAtMs, this.changedWorkflows.get(workflowId)?.learnedAtMs ?? 0);
    this.memory.workflows.set(workflowId, state);
    this.changedWorkflows.set(workflowId, { workflowId, subject, workflow: { engine, namespace, workflow }, state, learnedAtMs });
  }
}
