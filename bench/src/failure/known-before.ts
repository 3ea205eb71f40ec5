import { failureFeatures, type FailureQuery, type OutcomePoint } from '@orrery/predictor/domain';
import type { LabelledRun } from './gha-runs.js';

/** A run with what was known of it before it started. */
export interface KnownRun {
  readonly run: LabelledRun;
  readonly history: readonly OutcomePoint[];
  readonly query: FailureQuery;
  readonly features: Float32Array;
}

/** The paper lets a run know the result of the one before it, ended or not; by the clock it knows what had ended. */
export type Knowledge = 'published' | 'clock';

/** Ids a millisecond in 2023: 3.83 billion on the second of January, 7.26 billion on the nineteenth of December. */
const idsPerMs = (7.26e9 - 3.83e9) / (Date.UTC(2023, 11, 19) - Date.UTC(2023, 0, 2));
const ringLength = 64;

/** The data has no times: ids stand for them, right to some hours. */
export function startOf({ id }: LabelledRun): number {
  return Date.UTC(2023, 0, 2) + Math.round((id - 3.83e9) / idsPerMs);
}

/** What was known of each run before it started, from runs before it alone; in the order of time. */
export function knownBefore(runs: readonly LabelledRun[], knowledge: Knowledge): KnownRun[] {
  const histories = new Map<string, OutcomePoint[]>();
  const ringOf = (key: string): OutcomePoint[] => {
    const ring = histories.get(key) ?? [];
    histories.set(key, ring);
    return ring;
  };
  return runs.map((run) => {
    const [workflow, repository] = [ringOf(`${run.repository} ${run.workflow}`), ringOf(run.repository)];
    const startedAtMs = startOf(run);
    const neighbours = repository.filter((point) => !workflow.includes(point));
    const told = { attempt: 1, revision: run.revision, refName: run.branch, trigger: run.event };
    const query = { ...told, atMs: startedAtMs, neighbours };
    const history = [...workflow];
    const features = failureFeatures(history, query);
    const point = { ...told, outcome: run.failed ? 'failure' : 'success', durationMs: run.durationMs, finishedAtMs: startedAtMs + (knowledge === 'clock' ? (run.durationMs ?? 0) : 0) };
    for (const ring of [workflow, repository]) {
      ring.push(point);
      if (ring.length > ringLength) ring.shift();
    }
    return { run, history, query, features };
  });
}
