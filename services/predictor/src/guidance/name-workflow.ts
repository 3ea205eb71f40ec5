import { OrreryError } from '@orrery/errors';
import type { Transaction } from '@orrery/persistence';
import { workflowsNamed, type KnownWorkflow } from '../storage/workflow-state.repository.js';

/** A workflow as people name it. */
export interface WorkflowName {
  readonly workflow: string;
  readonly engine?: string | undefined;
  readonly namespace?: string | undefined;
}

const mostNamed = 20;

/**
 * The one workflow that has a name.
 *
 * @throws ORRERY_NOT_FOUND when none has; ORRERY_CONFLICT, with the choice in its details, when several have.
 */
export async function nameWorkflow(transaction: Transaction, name: WorkflowName): Promise<KnownWorkflow> {
  const found = await workflowsNamed(transaction, name);
  const [only, ...others] = found;
  if (only === undefined) throw new OrreryError('ORRERY_NOT_FOUND', `workflow ${described(name)}: nothing of that name has run`, { details: { workflow: name.workflow } });
  if (others.length === 0) return only;
  const candidates = found.slice(0, mostNamed).map(({ engine, namespace }) => ({ engine, namespace }));
  const listed = candidates.slice(0, 5).map(({ engine, namespace }) => `${engine || '(no engine)'} ${namespace || '(no namespace)'}`);
  const rest = found.length > listed.length ? ` and ${found.length - listed.length} more` : '';
  throw new OrreryError('ORRERY_CONFLICT', `workflow ${described(name)}: ${found.length} have that name (${listed.join('; ')}${rest}); say which by engine and namespace`, { details: { workflow: name.workflow, candidates } });
}

function described({ workflow, engine, namespace }: WorkflowName): string {
  return [workflow, ...(engine === undefined ? [] : [`of engine ${engine}`]), ...(namespace === undefined ? [] : [`in ${namespace}`])].join(' ');
}
