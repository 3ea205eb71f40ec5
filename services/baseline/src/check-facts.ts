import { workflowIdOf } from '@orrery/contracts';
import { OrreryError } from '@orrery/errors';
import type { LogBatch } from '@orrery/event-log';
import type { BaselineFact } from './domain/index.js';

const idForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Refuses facts that would break what learning relies on.
 *
 * @throws ORRERY_VALIDATION when a fact has no tenant, run or task, or ids of another form, or when its key is not its workflow: then
 * another consumer may be learning the same baselines at the same time.
 */
export function checkFacts(batch: LogBatch<BaselineFact>): void {
  for (const { value, record } of batch.records) {
    const fault = faultOf(value, record.key);
    if (fault === undefined) continue;
    throw new OrreryError('ORRERY_VALIDATION', `record ${batch.topic}/${batch.partition}/${record.offset}: ${fault}`);
  }
}

function faultOf(fact: BaselineFact, key: string | null): string | undefined {
  const { tenantId, run } = fact;
  if (tenantId === '') return 'tenant_id is empty';
  if (run === undefined || !idForm.test(run.runId)) return 'run.run_id is not a lower-case UUID';
  if (fact.$typeName === 'orrery.v1.MetricSampled' && !idForm.test(fact.factId)) return 'fact_id is not a lower-case UUID';
  if (fact.$typeName === 'orrery.v1.TaskFinished' && !idForm.test(fact.task?.taskId ?? '')) return 'task.task_id is not a lower-case UUID';
  return key === workflowIdOf({ tenantId, engine: run.engine, namespace: run.namespace, workflow: run.workflow }) ? undefined : 'the key is not the workflow_id';
}
