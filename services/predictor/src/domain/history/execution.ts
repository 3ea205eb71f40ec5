import { levelsOf, observationsOf, workloadKeyOf, type Observation, type RunFinished, type TaskFinished, type WorkloadKey } from '@orrery/contracts';

/** One run, or one attempt of a task, that ended: what is learned from. Numbers are finite and not negative, or null. */
export interface Execution {
  readonly observation: Observation;
  readonly inputSizeBytes: number | null;
  /** Ids of the tasks that it waited for; empty for a run. */
  readonly dependsOn: readonly string[];
  /** Empty for a run, and for a task that lies in none. */
  readonly parentTaskId: string;
  readonly isOutOfMemory: boolean;
  /** When the run of a task began; absent where nobody told. */
  readonly runStartedAtMs?: number | null;
  /** Of a run: how many tasks it had; 0 for a task. */
  readonly taskCount: number;
}

/** How far a key backs off: 0 every field, 3 the task whatever its image, command and executor class, 4 any task of the workflow. */
export type HistoryLevel = 0 | 3 | 4;

export interface HistoryKey {
  readonly keyId: string;
  readonly level: HistoryLevel;
  readonly key: WorkloadKey;
}

/** Exit code of a process that was killed with SIGKILL, which is what the kernel does when memory runs out. */
const killedExitCode = 137;
const outOfMemoryWords = /out ?of ?memory|oom[- ]?kill/i;

/**
 * What a fact says of an execution; null when it says too little.
 *
 * @param recordedAtMs the log's own timestamp of the record, never the wall clock: a replay must see the same value.
 */
export function executionOf(fact: TaskFinished | RunFinished, recordedAtMs: number): Execution | null {
  const [observation] = observationsOf(fact, recordedAtMs);
  if (observation === undefined) return null;
  if (fact.$typeName === 'orrery.v1.RunFinished') return { observation, inputSizeBytes: null, dependsOn: [], parentTaskId: '', isOutOfMemory: false, taskCount: Number(fact.taskCount) };
  const inputSizeBytes = Number(fact.inputSizeBytes);
  return {
    observation,
    inputSizeBytes: inputSizeBytes > 0 ? inputSizeBytes : null,
    dependsOn: fact.task?.dependsOn ?? [],
    parentTaskId: fact.task?.parentTaskId ?? '',
    isOutOfMemory: isOutOfMemory(fact),
    runStartedAtMs: fact.run?.startedAtMs ?? null,
    taskCount: 0,
  };
}

function isOutOfMemory({ task, errorLines }: TaskFinished): boolean {
  const failure = task?.failure;
  if (failure !== undefined && (failure.exitCode === killedExitCode || outOfMemoryWords.test(failure.type) || outOfMemoryWords.test(failure.message))) return true;
  return errorLines.some((line) => outOfMemoryWords.test(line));
}

/** The keys whose histories an execution belongs to, the finest first; a run has one. */
export function historyKeysOf(key: WorkloadKey): readonly HistoryKey[] {
  const own = levelsOf(key).filter(({ level }) => level === 0 || level === 3).map(({ keyId, level, key: ofLevel }): HistoryKey => ({ keyId, level: level === 0 ? 0 : 3, key: ofLevel }));
  if (key.subject === 'run') return own;
  const [anyTask] = levelsOf({ ...key, task: '', image: '', commandHash: '', executorClass: '' });
  return anyTask === undefined ? own : [...own, { keyId: anyTask.keyId, level: 4, key: anyTask.key }];
}

/** The same for what was observed. */
export function historyKeysOfExecution({ observation }: Execution): readonly HistoryKey[] {
  return historyKeysOf(workloadKeyOf(observation));
}
