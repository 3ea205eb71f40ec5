import type { MachineView, Pick, RunView } from './machine-view.js';

interface Assignment {
  readonly run_id: string;
  readonly task: string;
  readonly count: number;
  readonly memory_bytes?: number;
  readonly reason?: string;
}

/** What the platform answers, as far as it is read. */
export interface Decision {
  readonly decisionId: string;
  readonly policy: string;
  /** Why the heuristic decided instead of the policy; empty when it did not. */
  readonly fallback: string;
  /** The same in words. */
  readonly fallbackWords: string;
  readonly picks: readonly Pick[];
}

export interface Asker {
  /** Names the machine: what is asked under one name is about the same slots. */
  readonly scheduler: string;
  readonly policy: string | undefined;
  readonly pool: string;
}

/** The body of POST /api/v1/schedule/decide. */
export function questionOf(view: MachineView, { scheduler, policy, pool }: Asker): unknown {
  return {
    scheduler,
    policy: policy ?? '',
    now_ms: view.nowMs,
    pools: [{ pool_id: pool, slots: view.slots, free_slots: view.freeSlots, memory_bytes: view.memoryBytes, free_memory_bytes: view.freeMemoryBytes }],
    runs: view.runs.map((run) => askAbout(run, pool)),
  };
}

function askAbout({ id, workflow, submittedAtMs, deadlineMs, weight, maxSlots, stages }: RunView, pool: string): unknown {
  return {
    run_id: id,
    workflow,
    submitted_at_ms: submittedAtMs,
    deadline_ms: deadlineMs,
    weight,
    quota_slots: maxSlots,
    tasks: stages.map(({ name, dependsOn, count, running, finished, expectedMs, observedMs, memoryBytes }) => ({
      name,
      depends_on: dependsOn,
      count,
      running,
      finished,
      duration_ms: expectedMs ?? observedMs,
      memory_bytes: memoryBytes,
      pool_ids: [pool],
    })),
  };
}

/**
 * Reads an answer.
 *
 * @returns what is wrong with it, when it is no answer to this question
 */
export function readDecision(answer: unknown, view: MachineView): Decision | string {
  if (!isRecord(answer) || !Array.isArray(answer['assignments'])) return 'there are no assignments in it';
  const picks = readPicks(answer['assignments'], view);
  if (typeof picks === 'string') return picks;
  const policy = answer['policy'];
  return { decisionId: textOf(answer['decision_id']), policy: isRecord(policy) ? textOf(policy['name']) : '', fallback: textOf(answer['fallback']), fallbackWords: textOf(answer['fallback_words']), picks };
}

function readPicks(assignments: readonly unknown[], view: MachineView): Pick[] | string {
  const known = new Map(view.runs.map(({ id, stages }) => [id, new Set(stages.map(({ name }) => name))]));
  const picks: Pick[] = [];
  for (const given of assignments) {
    if (!isAssignment(given)) return 'an assignment does not name run, task and count';
    const { run_id: runId, task: stage, count, memory_bytes: memoryBytes, reason } = given;
    if (!known.get(runId)?.has(stage)) return 'an assignment names a task that was not asked about';
    const pick = { runId, stage, memoryBytes: positive(memoryBytes), reason: textOf(reason) || undefined };
    picks.push(...Array.from({ length: Math.min(count, view.freeSlots) }, () => pick));
  }
  return picks;
}

function isAssignment(given: unknown): given is Assignment {
  if (!isRecord(given)) return false;
  const { run_id: runId, task, count } = given;
  return typeof runId === 'string' && typeof task === 'string' && typeof count === 'number' && Number.isInteger(count) && count >= 0;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function positive(value: number | undefined): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : undefined;
}
