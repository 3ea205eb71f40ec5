import { deterministicId } from '@orrery/contracts';
import { OrreryError } from '@orrery/errors';
import type { Database } from '@orrery/persistence';
import { findAnnotation, listAnnotations, removeAnnotation, saveAnnotation, type Annotation } from './annotation.repository.js';
import type { AnnotationBody, ModeBody } from './guidance-inputs.js';
import type { GuidanceReader } from './guidance-reader.js';
import type { GuidanceFilter, GuidancePlace } from './guidance-rows.js';
import { nameWorkflow, type WorkflowName } from './name-workflow.js';
import { findMode, listModes, removeMode, saveMode, type ModeSetting } from './prediction-mode.repository.js';

/** Keeps what people say of transitions, and what predictions may be used for. */
export class GuidanceService {
  constructor(
    private readonly database: Database,
    private readonly reader: GuidanceReader,
    private readonly now: () => number,
  ) {}

  /** Marks a transition, over what was said of it before. @throws ORRERY_NOT_FOUND or ORRERY_CONFLICT for the workflow, ORRERY_LIMIT. */
  async annotate(tenantId: string, { from_task: fromTask, to_task: toTask, label, note = '', by = tenantId, branch, ...name }: AnnotationBody): Promise<Annotation> {
    const saved = await this.database.forTenant(tenantId, async (transaction) => {
      const { workflowId, workflow } = await nameWorkflow(transaction, name);
      const annotationId = deterministicId('annotation', workflowId, branch, fromTask, toTask);
      await saveAnnotation(transaction, tenantId, { annotationId, workflowId, workflow, branch, fromTask, toTask, label, note, by, atMs: this.now() });
      return await findAnnotation(transaction, annotationId);
    });
    if (saved === undefined) throw new OrreryError('ORRERY_CONFLICT', 'the annotation was removed while it was written');
    this.reader.forget(tenantId, saved.workflowId);
    return saved;
  }

  async annotations(tenantId: string, filter: GuidanceFilter, after: GuidancePlace | undefined, limit: number): Promise<readonly Annotation[]> {
    return await this.database.forTenant(tenantId, (transaction) => listAnnotations(transaction, filter, after, limit));
  }

  /** @throws ORRERY_NOT_FOUND */
  async removeAnnotation(tenantId: string, annotationId: string): Promise<void> {
    const workflowId = await this.database.forTenant(tenantId, (transaction) => removeAnnotation(transaction, annotationId));
    if (workflowId === undefined) throw new OrreryError('ORRERY_NOT_FOUND', `annotation ${annotationId} does not exist`, { details: { annotation_id: annotationId } });
    this.reader.forget(tenantId, workflowId);
  }

  /** @throws ORRERY_NOT_FOUND or ORRERY_CONFLICT for the workflow, ORRERY_LIMIT. */
  async setMode(tenantId: string, { branch, mode, ...name }: ModeBody): Promise<ModeSetting> {
    const saved = await this.database.forTenant(tenantId, async (transaction) => {
      const { workflowId, workflow } = await nameWorkflow(transaction, name);
      await saveMode(transaction, tenantId, { workflowId, workflow, branch, mode, atMs: this.now() });
      return await findMode(transaction, workflowId, branch);
    });
    if (saved === undefined) throw new OrreryError('ORRERY_CONFLICT', 'the mode was removed while it was written');
    this.reader.forget(tenantId, saved.workflowId);
    return saved;
  }

  async modes(tenantId: string, filter: GuidanceFilter, after: GuidancePlace | undefined, limit: number): Promise<readonly ModeSetting[]> {
    return await this.database.forTenant(tenantId, (transaction) => listModes(transaction, filter, after, limit));
  }

  /** Back to what holds on all branches, or without that to shadow. @throws ORRERY_NOT_FOUND when none was set there. */
  async removeMode(tenantId: string, { branch, ...name }: WorkflowName & { readonly branch: string }): Promise<void> {
    const workflowId = await this.database.forTenant(tenantId, async (transaction) => {
      const known = await nameWorkflow(transaction, name);
      return (await removeMode(transaction, known.workflowId, branch)) ? known.workflowId : undefined;
    });
    if (workflowId === undefined) {
      throw new OrreryError('ORRERY_NOT_FOUND', `workflow ${name.workflow} has no mode set ${branch === '' ? 'for all branches' : `on branch ${branch}`}`, { details: { workflow: name.workflow, branch } });
    }
    this.reader.forget(tenantId, workflowId);
  }
}
