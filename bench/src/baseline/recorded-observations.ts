import { deterministicId } from '@orrery/contracts';
import type { Observation, OutcomeWord } from '@orrery/baseline/domain';
import { csvRows, pythonList } from './evaluation-data.js';

const blank: Observation = {
  kind: 'finished',
  observationId: '',
  tenantId: 'bench',
  subject: 'run',
  ...{ engine: '', namespace: '', workflow: '', task: '', taskKind: '', image: '', commandHash: '', executorClass: '' },
  ...{ runId: '', taskId: '', attempt: 1, trigger: '', refName: '', revision: '', inputsId: '', outcome: 'success', failureType: '' },
  ...{ queuedAtMs: null, startedAtMs: null, finishedAtMs: null, observedAtMs: 0 },
  measures: { durationMs: null, queueMs: null, peakMemoryBytes: null, cpuSeconds: null, outputSizeBytes: null, inputTokens: null, outputTokens: null, costUsd: null },
  memoryLimitBytes: null,
  errorLines: [],
};

const rerunSource = 'https://github.com/jiangnanpro/Reruns-of-GHA-workflow data/dataframes';
const outcomes: Readonly<Record<string, OutcomeWord>> = { success: 'success', failure: 'failure', cancelled: 'cancellation', skipped: 'skip', timed_out: 'timeout' };

// The data has no times; run ids rise with time, about one each 10 ms in 2023.
const firstRunId = 3_800_000_000;
const timeOf = (runId: number) => Date.UTC(2023, 0, 1) + (runId - firstRunId) * 10;

/** Workflow runs of GitHub Actions with their wall time and conclusion, in the order of their ids, which is the order of time. */
export function recordedRuns(folder: string): Observation[] {
  const keyOf = (row: Record<string, string>) => `${row['repo path']} ${row['workflow file path']} ${row.branch}`;
  const conclusions = new Map<number, OutcomeWord>();
  for (const row of csvRows(folder, 'ci-gha-reruns/dataframe_workflow_rerun_distinct.csv.gz', rerunSource)) {
    const words = pythonList<(string | null)[]>(row['rerun conclusion'] ?? '[]').flat();
    pythonList<number[]>(row['reruns ids'] ?? '[]')
      .flat()
      .forEach((runId, index) => conclusions.set(runId, outcomes[words[index] ?? ''] ?? 'unknown'));
  }
  const observations: Observation[] = [];
  for (const row of csvRows(folder, 'ci-gha-reruns/dataframe_workflow_rerun_totalduration_runtime_distinct.csv.gz', rerunSource)) {
    const durations = pythonList<(number | null)[]>(row['total duration'] ?? '[]').flat();
    pythonList<number[]>(row['reruns ids'] ?? '[]')
      .flat()
      .forEach((runId, index) => {
        const finishedAtMs = timeOf(runId);
        const durationMs = durations[index] ?? null;
        observations.push({
          ...blank,
          observationId: deterministicId('bench', keyOf(row), String(runId)),
          ...{ engine: 'github', namespace: row['repo path'] ?? '', workflow: `${row['workflow file path']} ${row.branch}`, runId: String(runId) },
          outcome: conclusions.get(runId) ?? 'unknown',
          ...{ startedAtMs: finishedAtMs - (durationMs ?? 0), finishedAtMs, observedAtMs: finishedAtMs },
          measures: { ...blank.measures, durationMs },
        });
      });
  }
  return observations.sort((left, right) => left.observedAtMs - right.observedAtMs);
}

/** Tasks of scientific workflows with run time and memory; the data tells no start, so instances follow each other by name. */
export function recordedTasks(folder: string): Observation[] {
  const rows = csvRows(folder, 'wfinstances/all_tasks.csv.gz', 'https://github.com/wfcommons/WfInstances');
  const positive = (text: string | undefined, factor: number) => (Number(text) > 0 ? Number(text) * factor : null);
  return rows.map((row, index) => {
    const finishedAtMs = Date.UTC(2024, 0, 1) + index * 1000;
    const instance = row.instance ?? '';
    const durationMs = positive(row.runtime_s, 1000);
    return {
      ...blank,
      observationId: deterministicId('bench', instance, row.task_id ?? '', String(index)),
      // chain-5, medium-004: the number at the end tells instances of one workflow apart.
      ...{ subject: 'task', engine: row.wms ?? '', workflow: instance.replace(/-?\d+$/, ''), task: (row.task_name ?? '').replace(/[_-]?(?:ID)?\d+$/, '') },
      ...{ runId: instance, taskId: `${instance}/${row.task_id}`, startedAtMs: finishedAtMs - (durationMs ?? 0), finishedAtMs, observedAtMs: finishedAtMs },
      measures: { ...blank.measures, durationMs, peakMemoryBytes: positive(row.mem_bytes, 1), outputSizeBytes: positive(row.out_bytes, 1), cpuSeconds: null },
    } satisfies Observation;
  });
}
