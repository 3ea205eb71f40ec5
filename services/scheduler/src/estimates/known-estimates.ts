import { isOrreryError } from '@orrery/errors';
import { LatestUsed, type Database } from '@orrery/persistence';
import type { ExpectationSource } from '../deciding/deciding.service.js';
import { expectationOfTask, type ClusterRequest, type ExpectationOf, type TaskExpectation } from '../domain/index.js';
import { estimatesOfWorkflow } from './estimate.repository.js';

export interface KnownEstimatesOptions {
  readonly database: Database;
  /** How long what was read is taken for what is known. @default 5_000 */
  readonly ttlMs?: number;
}

type Expectations = ReadonlyMap<string, TaskExpectation>;

interface Known {
  readonly tasks: Expectations;
  readonly readAtMs: number;
}

const mostWorkflows = 1000;
/** An engine is not kept waiting for what it can do without. */
const patienceMs = 50;
const nothing: Expectations = new Map();

/**
 * What is expected of tasks, kept in memory. What was read some time ago is used once more while it is read anew; what cannot be read in
 * time, or at all, is not known.
 */
export class KnownEstimates implements ExpectationSource {
  private readonly known = new LatestUsed<Known>(mostWorkflows);
  private readonly reading = new Map<string, Promise<Expectations>>();

  constructor(private readonly options: KnownEstimatesOptions) {}

  async expectationsFor(tenantId: string, { runs }: ClusterRequest): Promise<ExpectationOf> {
    const workflows = new Set<string>();
    for (const { workflow, tasks } of runs) if (workflow !== '' && !workflows.has(workflow) && tasks.some(isIncomplete)) workflows.add(workflow);
    const entries = await Promise.all([...workflows].slice(0, mostWorkflows).map(async (workflow) => [workflow, await this.of(tenantId, workflow)] as const));
    const found = new Map(entries);
    return (workflow, task) => found.get(workflow)?.get(task);
  }

  private async of(tenantId: string, workflow: string): Promise<Expectations> {
    const { ttlMs = 5000 } = this.options;
    const known = this.known.get(`${tenantId} ${workflow}`);
    if (known !== undefined && performance.now() - known.readAtMs < ttlMs) return known.tasks;
    const reading = this.read(tenantId, workflow);
    if (known !== undefined) return known.tasks;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Expectations>((resolve) => (timer = setTimeout(() => resolve(nothing), patienceMs)));
    return await Promise.race([reading, late]).finally(() => clearTimeout(timer));
  }

  /** Many that miss the same workflow read it once. */
  private async read(tenantId: string, workflow: string): Promise<Expectations> {
    const key = `${tenantId} ${workflow}`;
    const running = this.reading.get(key);
    if (running !== undefined) return await running;
    const started = this.fetch(tenantId, workflow).finally(() => this.reading.delete(key));
    this.reading.set(key, started);
    return await started;
  }

  private async fetch(tenantId: string, workflow: string): Promise<Expectations> {
    const key = `${tenantId} ${workflow}`;
    let tasks = this.known.get(key)?.tasks ?? nothing;
    try {
      const estimates = await this.options.database.forTenant(tenantId, (transaction) => estimatesOfWorkflow(transaction, tenantId, workflow));
      tasks = new Map([...estimates].map(([task, estimate]) => [task, expectationOfTask(estimate)]));
    } catch (error) {
      // Nobody waits for this promise any more, perhaps; and an engine can do without.
      if (!isOrreryError(error)) throw error;
    }
    this.known.set(key, { tasks, readAtMs: performance.now() });
    return tasks;
  }
}

function isIncomplete({ durationMs, memoryBytes }: ClusterRequest['runs'][number]['tasks'][number]): boolean {
  return durationMs === undefined || memoryBytes === undefined;
}
