import { hostname } from 'node:os';
import { ApiClient, type Address } from '../api-client.js';
import type { Environment } from '../environment.js';
import type { Spool } from '../spool/spool.js';
import { Chooser } from './chooser.js';
import { LiveRun } from './live-run.js';
import type { FinishedEvent, PipelineEvent } from './pipeline-event.js';
import type { OwnedRun } from './run-store.js';
import { checkFits, SlotExecutor, type Machine } from './slot-executor.js';

/** How long slots wait for advice. */
const ADVICE_TIMEOUT_MS = 1_000;
const POOL = 'local';

export interface ExecutionOptions {
  readonly machine: Machine;
  readonly policy: string | undefined;
  readonly address: Address;
  readonly spool: Spool;
  readonly environment: Environment;
}

/** Who decides for the slots of this machine; those of a worker with a name of its own are other ones. */
export function createExecutor({ machine, policy, address }: ExecutionOptions, worker: string, remark: (text: string) => void): SlotExecutor {
  const scheduler = worker === '' || worker === 'default' ? hostname() : `${hostname()}/${worker}`;
  return new SlotExecutor(machine, new Chooser(new ApiClient(address, ADVICE_TIMEOUT_MS), { scheduler, policy, pool: POOL }, remark));
}

/** Carries a run on in this process until it is over; `onStoppable` hears how to cancel it. */
export async function runHere(owned: OwnedRun, options: ExecutionOptions, emit: (event: PipelineEvent) => void, onStoppable: (cancel: () => void) => void): Promise<FinishedEvent> {
  const { machine, address, spool, environment } = options;
  try {
    checkFits(owned.state.begin.pipeline, machine);
  } catch (error) {
    owned.release();
    throw error;
  }
  const executor = createExecutor(options, '', (text) => emit({ event: 'remark', text }));
  const run = await LiveRun.open(owned, { address, spool, worker: '', slots: machine.slots, environment: environment.all, emit });
  onStoppable(() => run.cancel('signal'));
  executor.add(run);
  return run.finished;
}
