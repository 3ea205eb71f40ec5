import { isOrreryError, messageOf } from '@orrery/errors';
import { knownTenants, moment, query, type Database, type Transaction } from '@orrery/persistence';
import type { Logger } from '@orrery/telemetry';
import { modelKinds, type ModelKind } from './domain/model-kind.js';
import { usableRows } from './example-pages.js';
import type { PredictorModelConfig } from './model.config.js';
import { addTraining, lastTrainings } from './training.repository.js';

export interface AutoTrainingOptions {
  readonly database: Database;
  readonly config: Pick<PredictorModelConfig, 'ORRERY_PREDICTOR_AUTO_TRAINING' | 'ORRERY_PREDICTOR_TRAIN_AFTER_EXAMPLES' | 'ORRERY_PREDICTOR_TRAIN_AFTER_HOURS'>;
  readonly logger: Logger;
  readonly now: () => number;
  /** How often tenants are looked at. @default 300_000 */
  readonly everyMs?: number;
}

/** A model that has learned enough new since its last training. */
interface DueModel {
  readonly kind: ModelKind;
  readonly scope: string;
  readonly workflow: string;
}

/** Fewer new examples than this are not worth a training, however long it is ago. */
const fewestNew = 50;
/** Workflows that a look puts into the queue at most: the others have their turn at the next. */
const workflowsAtOnce = 5;
/** A model of a workflow that is known well is not trained again for little: networks take minutes. */
const leastGrowth = 0.2;
/** Counting the tasks of every workflow reads much. */
const workflowsSeldomer = 12;

/** Asks for trainings when enough has come since the last: by the log's clock, so that an import counts as new. */
export class AutoTraining {
  private lookedAtMs = Number.NEGATIVE_INFINITY;
  private lookedAtWorkflowsMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: AutoTrainingOptions) {}

  /** Looks at all tenants, at most every few minutes. */
  async look(): Promise<void> {
    const { database, config, now, everyMs = 300_000 } = this.options;
    if (!config.ORRERY_PREDICTOR_AUTO_TRAINING || now() - this.lookedAtMs < everyMs) return;
    this.lookedAtMs = now();
    const areWorkflowsDue = now() - this.lookedAtWorkflowsMs >= workflowsSeldomer * everyMs;
    if (areWorkflowsDue) this.lookedAtWorkflowsMs = now();
    for (const tenantId of await database.transaction(knownTenants)) {
      const due = await database.forTenant(tenantId, async (transaction) => [...(await this.dueModels(transaction)), ...(areWorkflowsDue ? await this.dueWorkflows(transaction) : [])]);
      for (const model of due) await this.ask(tenantId, model);
    }
  }

  private async dueModels(transaction: Transaction): Promise<readonly DueModel[]> {
    const last = await lastTrainings(transaction);
    const due: DueModel[] = [];
    for (const kind of modelKinds) {
      if (kind === 'next_task') continue;
      const previous = last.find((training) => training.kind === kind);
      if (previous?.isOpen !== true && (await this.isDue(transaction, kind, previous?.requestedAtMs))) due.push({ kind, scope: '', workflow: '' });
    }
    return due;
  }

  private async isDue(transaction: Transaction, kind: keyof typeof usableRows, lastAtMs: number | undefined): Promise<boolean> {
    const { ORRERY_PREDICTOR_TRAIN_AFTER_EXAMPLES: wanted } = this.options.config;
    const text = `select count(*)::int as count from (select 1 from example where ${usableRows[kind]} and added_at > ${moment('$1')} limit $2) newest`;
    const [row] = await query<{ count: number }>(transaction, text, [lastAtMs ?? 0, wanted]);
    const count = row?.count ?? 0;
    return count >= wanted || (count >= fewestNew && lastAtMs !== undefined && this.isLongAgo(lastAtMs));
  }

  private isLongAgo(atMs: number): boolean {
    return this.options.now() - atMs >= this.options.config.ORRERY_PREDICTOR_TRAIN_AFTER_HOURS * 3_600_000;
  }

  /** Workflows whose tasks are many enough, those first that have most. */
  private async dueWorkflows(transaction: Transaction): Promise<readonly DueModel[]> {
    const { ORRERY_PREDICTOR_TRAIN_AFTER_EXAMPLES: wanted } = this.options.config;
    const text = `
      select e.workflow_id as scope, coalesce(max(w.workflow), '') as workflow from example e
      left join (select scope, max(requested_at) as at, bool_or(status in ('queued', 'running')) as is_open from training where kind = 'next_task' group by scope) t on t.scope = e.workflow_id
      left join workflow_state w on w.workflow_id = e.workflow_id and w.subject = 'task'
      where e.subject = 'task' and coalesce(not t.is_open, true)
      group by e.workflow_id having count(*) filter (where t.at is null or e.added_at > t.at) >= greatest($1::double precision, $2::double precision * count(*)) order by count(*) desc, e.workflow_id limit $3`;
    const rows = await query<{ scope: string; workflow: string }>(transaction, text, [wanted, leastGrowth, workflowsAtOnce]);
    return rows.map((row) => ({ kind: 'next_task', ...row }));
  }

  private async ask(tenantId: string, model: DueModel): Promise<void> {
    const { database, logger, now } = this.options;
    try {
      await database.forTenant(tenantId, (transaction) => addTraining(transaction, tenantId, { ...model, seed: 1, promote: 'if_better', requestedBy: 'automatic' }, now()));
    } catch (error) {
      // Another process was quicker.
      if (!isOrreryError(error) || error.code !== 'ORRERY_CONFLICT') throw error;
      logger.debug({ tenant_id: tenantId, kind: model.kind, reason: messageOf(error) }, 'a training was asked for twice');
    }
  }
}
