import { workflowIdOf } from '../identity.js';
import type { WorkflowFact } from './observation.js';

const idForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * What would break those who learn from a fact: no tenant, run or task, ids of another form, or a key that is not its workflow - then
 * another consumer may be learning the same workflow at the same time. Undefined when nothing would.
 *
 * @param key the key of its record in the log.
 */
export function faultOfFact(fact: WorkflowFact, key: string | null): string | undefined {
  const { tenantId, run } = fact;
  if (tenantId === '') return 'tenant_id is empty';
  if (run === undefined || !idForm.test(run.runId)) return 'run.run_id is not a lower-case UUID';
  if (fact.$typeName === 'orrery.v1.MetricSampled' && !idForm.test(fact.factId)) return 'fact_id is not a lower-case UUID';
  if (fact.$typeName === 'orrery.v1.TaskFinished' && !idForm.test(fact.task?.taskId ?? '')) return 'task.task_id is not a lower-case UUID';
  return key === workflowIdOf({ tenantId, engine: run.engine, namespace: run.namespace, workflow: run.workflow }) ? undefined : 'the key is not the workflow_id';
}
