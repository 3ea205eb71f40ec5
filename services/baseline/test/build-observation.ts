import { levelsOf, workloadKeyOf, type Measures, type Observation } from '@orrery/contracts';
import { learn } from '../src/domain/baseline-learning.js';
import type { BaselineState } from '../src/domain/baseline-state.js';
import type { JudgeContext, LevelState } from '../src/domain/detection/judge-context.js';

const startMs = Date.UTC(2026, 2, 2, 9, 0);

/** A finished task that took four minutes, changed as told. */
export function buildObservation({ measures, ...changes }: Partial<Omit<Observation, 'measures'>> & { readonly measures?: Partial<Measures> } = {}): Observation {
  const finishedAtMs = changes.finishedAtMs ?? startMs + 240_000;
  return {
    ...{ kind: 'finished', observationId: 'observation-1', tenantId: 'tenant-1', subject: 'task', engine: 'github', namespace: 'acme/shop', workflow: 'release', task: 'build', taskKind: 'job' },
    ...{ image: '', commandHash: '', executorClass: '', runId: 'run-1', taskId: 'task-1', attempt: 1, trigger: 'push', refName: 'main', revision: '', inputsId: '', outcome: 'success', failureType: '' },
    ...{ queuedAtMs: null, startedAtMs: finishedAtMs - 240_000, finishedAtMs, observedAtMs: finishedAtMs },
    memoryLimitBytes: null,
    errorLines: [],
    ...changes,
    measures: { durationMs: null, queueMs: null, peakMemoryBytes: null, cpuSeconds: null, outputSizeBytes: null, inputTokens: null, outputTokens: null, costUsd: null, ...measures },
  };
}

/** What is known after some observations, as the first of them is keyed. */
export function contextAfter(observations: readonly Observation[], changes: Partial<JudgeContext> = {}): JudgeContext {
  const levels = levelsOf(workloadKeyOf(observations[0] ?? buildObservation())).map((level): LevelState => {
    const state = observations.reduce<BaselineState | null>((known, observation) => learn(known, observation, { isSubject: level.isSubject }), null);
    return { ...level, state };
  });
  return { levels, thresholds: () => 1, ...changes };
}

/** The same observation again and again, a minute apart, with what changes from one to the next. */
export function series(count: number, change: (index: number) => Parameters<typeof buildObservation>[0]): readonly Observation[] {
  return Array.from({ length: count }, (_, index) => {
    const finishedAtMs = startMs + index * 60_000;
    return buildObservation({ observationId: `observation-${index}`, runId: `run-${index}`, finishedAtMs, ...change(index) });
  });
}
