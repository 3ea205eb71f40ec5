import { OrreryError } from '@orrery/errors';
import type { Transaction } from '@orrery/persistence';
import { workflowsNamed } from '../storage/workflow-state.repository.js';
import type { ModelKind, ModelSlot } from './domain/model-kind.js';

/** How people say which model they mean. */
export interface SlotWords {
  readonly kind: ModelKind;
  /** Id of the workflow. */
  readonly scope?: string | undefined;
  /** Name of the workflow, in place of its id. */
  readonly workflow?: string | undefined;
  readonly engine?: string | undefined;
  readonly namespace?: string | undefined;
}

/** A slot with the name of its workflow, empty where the kind has none. */
export interface NamedSlot extends ModelSlot {
  readonly workflow: string;
}

/**
 * Which model is meant.
 *
 * @throws ORRERY_VALIDATION when a workflow is missing, too much, or stands for several; ORRERY_NOT_FOUND when it is not known.
 */
export async function slotOf(transaction: Transaction, { kind, scope, ...name }: SlotWords): Promise<NamedSlot> {
  if (kind !== 'next_task') {
    if (scope !== undefined || name.workflow !== undefined) throw new OrreryError('ORRERY_VALIDATION', `the ${kind} model is one for all workflows: expected no workflow`);
    return { kind, scope: '', workflow: '' };
  }
  if (scope !== undefined) return { kind, scope, workflow: name.workflow ?? '' };
  const { workflow } = name;
  if (workflow === undefined) throw new OrreryError('ORRERY_VALIDATION', 'each workflow has a next_task model of its own: expected workflow');
  const [found, ...others] = await workflowsNamed(transaction, { ...name, workflow });
  if (found === undefined) throw new OrreryError('ORRERY_NOT_FOUND', `nothing is known of a workflow ${workflow}`, { details: { workflow } });
  if (others.length > 0) {
    const known = [found, ...others].map(({ engine, namespace }) => `${engine} ${namespace}`.trim());
    throw new OrreryError('ORRERY_VALIDATION', `there are ${known.length} workflows ${workflow} (${known.join(', ')}): expected engine and namespace too`);
  }
  return { kind, scope: found.workflowId, workflow };
}
