import { bulkInsert, type Transaction } from '@orrery/persistence';
import { workflowId } from '@orrery/contracts';
import type { TrainingExample } from '../domain/index.js';

export interface NewExample {
  readonly example: TrainingExample;
  readonly bucket: string;
}

/** Keeps what models are trained from: what was known when an execution began, and what it came to. */
export async function addExamples(transaction: Transaction, tenantId: string, examples: readonly NewExample[]): Promise<void> {
  await bulkInsert(transaction, {
    table: 'example',
    columns: [
      ...['tenant_id', 'workflow_id', 'subject', 'task', 'outcome'].map((name) => ({ name, type: 'text' })),
      { name: 'example_id', type: 'uuid' },
      { name: 'bucket', type: 'date' },
      { name: 'run_id', type: 'uuid' },
      { name: 'started_at', type: 'unix_ms' },
      { name: 'finished_at', type: 'unix_ms' },
      ...['features', 'failure_features'].map((name) => ({ name, type: 'real[]' })),
      ...['reference_ms', 'reference_bytes', 'duration_ms', 'peak_memory_bytes'].map((name) => ({ name, type: 'double precision' })),
      { name: 'floors', type: 'double precision[]' },
    ],
    rows: examples.map(({ example: { execution, startedAtMs, features, failureFeatures, referenceMs, referenceBytes, floors }, bucket }) => {
      const { observation } = execution;
      return {
        ...{ tenant_id: tenantId, example_id: observation.observationId, bucket, workflow_id: workflowId(observation), subject: observation.subject, task: observation.task },
        ...{ run_id: observation.runId, started_at: startedAtMs, finished_at: observation.observedAtMs, features, failure_features: failureFeatures },
        ...{ reference_ms: referenceMs, reference_bytes: referenceBytes, duration_ms: observation.measures.durationMs, peak_memory_bytes: observation.measures.peakMemoryBytes },
        ...{ outcome: observation.outcome, floors },
      };
    }),
    onConflict: 'nothing',
  });
}
