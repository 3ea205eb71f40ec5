import { OrreryError } from '@orrery/errors';
import { execute, moment, query, type Statement, type Transaction } from '@orrery/persistence';
import type { OnBranch, PredictionMode } from '../domain/index.js';
import { pageOf, sharedColumns, withWorkflow, type GuidanceFilter, type GuidancePlace, type OfWorkflow } from './guidance-rows.js';

/** What predictions of the next task may be used for in a workflow. */
export interface ModeSetting extends OfWorkflow, OnBranch {
  readonly mode: PredictionMode;
  readonly atMs: number;
}

export interface WorkflowMode extends OnBranch {
  readonly workflowId: string;
  readonly mode: PredictionMode;
}

/** Every question about what comes next reads all of a workflow. */
export const mostModes = 500;

const columns = `${sharedColumns}, s.mode`;
const save: Statement = {
  name: 'save prediction_mode',
  text: `
    insert into prediction_mode (tenant_id, workflow_id, workflow, branch, mode, at) values ($1, $2, $3, $4, $5, ${moment('$6')})
    on conflict (tenant_id, workflow_id, branch) do update set mode = excluded.mode, at = excluded.at`,
};
const count: Statement = { name: 'count prediction_mode', text: 'select count(*)::int as count from prediction_mode where workflow_id = $1 and branch <> $2' };
const find: Statement = { name: 'find prediction_mode', text: `select ${columns} from prediction_mode s ${withWorkflow} where s.workflow_id = $1 and s.branch = $2` };
const remove: Statement = { name: 'remove prediction_mode', text: 'delete from prediction_mode where workflow_id = $1 and branch = $2 returning 1' };
const modes: Statement = { name: 'modes of workflows', text: 'select workflow_id as "workflowId", branch, mode from prediction_mode where tenant_id = $1 and workflow_id = any($2::text[]) order by branch' };

/** Sets a mode. @throws ORRERY_LIMIT when the workflow has too many already. */
export async function saveMode(transaction: Transaction, tenantId: string, { workflowId, workflow, branch, mode, atMs }: Omit<ModeSetting, 'engine' | 'namespace'>): Promise<void> {
  const [{ count: others } = { count: 0 }] = await execute<{ count: number }>(transaction, count, [workflowId, branch]);
  if (others >= mostModes) throw new OrreryError('ORRERY_LIMIT', `workflow ${workflow} has modes for ${mostModes} branches already, and no more can be added`, { retriable: false });
  await execute(transaction, save, [tenantId, workflowId, workflow, branch, mode, atMs]);
}

export async function findMode(transaction: Transaction, workflowId: string, branch: string): Promise<ModeSetting | undefined> {
  return (await execute<ModeSetting>(transaction, find, [workflowId, branch]))[0];
}

/** Modes that match, the latest first, after a place of the same order. */
export async function listModes(transaction: Transaction, filter: GuidanceFilter, after: GuidancePlace | undefined, limit: number): Promise<readonly ModeSetting[]> {
  const { text, values } = pageOf(`select ${columns} from prediction_mode s`, modeId, { filter, after, limit });
  return await query<ModeSetting>(transaction, text, values);
}

/** SQL of what {@link modeIdOf} gives: one byte order for all, whatever the database collates by. */
const modeId = `(s.workflow_id || ' ' || s.branch) collate "C"`;

export function modeIdOf({ workflowId, branch }: Pick<ModeSetting, 'workflowId' | 'branch'>): string {
  return `${workflowId} ${branch}`;
}

/** Removes a mode; says whether there was one. */
export async function removeMode(transaction: Transaction, workflowId: string, branch: string): Promise<boolean> {
  return (await execute(transaction, remove, [workflowId, branch])).length > 0;
}

/** The modes that are set in workflows, on any branch. */
export async function loadModes(transaction: Transaction, tenantId: string, workflowIds: readonly string[]): Promise<readonly WorkflowMode[]> {
  return await execute<WorkflowMode>(transaction, modes, [tenantId, workflowIds]);
}
