import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { availableParallelism, constants } from 'node:os';
import { OrreryError } from '@orrery/errors';
import { exitCodes } from '../exit-codes.js';
import { sourceOf } from '../exec/exec-plan.js';
import { readVersionControl } from '../exec/version-control.js';
import { resolveAddress, type ConnectionOptions, type Surroundings } from '../session.js';
import { resendSpooled } from '../spool/resend.js';
import { Spool } from '../spool/spool.js';
import type { FinishedEvent } from './pipeline-event.js';
import { showPlan } from './plan-view.js';
import { readPipeline } from './read-pipeline.js';
import { Reporter, type ShownOutput } from './reporter.js';
import { runHere } from './run-here.js';
import { RunStore } from './run-store.js';
import { deliverEnd } from './tell-again.js';
import type { RunState } from './run-state.js';
import { checkFits } from './slot-executor.js';
import { takeRun, type RunOrder } from './take-run.js';
import { tallyUnits } from './tally-units.js';
import { connectWorker, followInWorker, type WorkerConnection } from './worker-client.js';

export interface RunOptions extends ConnectionOptions {
  readonly slots?: number;
  readonly memory?: number;
  readonly policy?: string;
  readonly run?: string;
  readonly resume?: string;
  readonly worker?: string;
  readonly failFast?: boolean;
  readonly source?: string;
  readonly output: ShownOutput;
  readonly dryRun?: boolean;
}

/** Runs a pipeline, or takes a run of one up, and follows it to its end. Resolves with the exit code. */
export async function runPipeline(file: string | undefined, options: RunOptions, surroundings: Surroundings): Promise<number> {
  checkUsage(file, options);
  const { environment, terminal } = surroundings;
  if (file !== undefined && options.dryRun) {
    showPlan(readFile(file), terminal, options.json ?? false);
    return exitCodes.ok;
  }
  const address = resolveAddress(options, environment);
  const spool = new Spool(environment.stateFolder, address.url);
  const store = new RunStore(environment.stateFolder);
  const order: RunOrder = file === undefined ? { kind: 'resume', run: store.find(options.resume ?? '') } : beginOrder(file, options, surroundings);
  const resending = resendSpooled(spool, address);
  const reporter = new Reporter(terminal, { isJson: options.json ?? false, output: options.output });
  const signals = new StopSignals();
  try {
    const worker = await findWorker(options, surroundings);
    const end = worker === undefined ? await here() : await followInWorker(worker, { order, policy: options.policy, environment: environment.all, emit: (event) => reporter.tell(event), onStoppable: (stop) => signals.onStop(stop) });
    return exitCodeOf(end, signals.received);
  } finally {
    signals.release();
    await resending;
  }

  async function here(): Promise<FinishedEvent> {
    const machine = { slots: options.slots ?? availableParallelism(), memoryBytes: options.memory };
    if (order.kind === 'begin') checkFits(order.entry.pipeline, machine);
    const taken = takeRun(store, order);
    if ('ended' in taken) {
      await deliverEnd(store, taken.ended, { address, spool });
      return tellEnded(taken.ended, reporter);
    }
    return runHere(taken.owned, { machine, policy: options.policy, address, spool, environment }, (event) => reporter.tell(event), (stop) => signals.onStop(stop));
  }
}

const RUN_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

function checkUsage(file: string | undefined, { resume, run, dryRun, worker, slots, memory }: RunOptions): void {
  const isNamed = run === undefined || (RUN_ID.test(run) && run !== 'latest');
  const faults: readonly (readonly [boolean, string])[] = [
    [file === undefined && resume === undefined, 'name a pipeline file, or a run with --resume'],
    [file !== undefined && resume !== undefined, '--resume takes a run up as it was begun; it takes no pipeline file'],
    [resume !== undefined && (run !== undefined || dryRun === true), '--resume goes with neither --run nor --dry-run'],
    [!isNamed, `--run must be letters, digits, dots, _ and -, 100 at most, and not \`latest\`; got ${String(run)}`],
    [worker !== undefined && (slots !== undefined || memory !== undefined), '--worker uses the slots and the memory of the worker; leave --slots and --memory out'],
  ];
  const fault = faults.find(([isFault]) => isFault);
  if (fault !== undefined) throw new OrreryError('ORRERY_VALIDATION', `${fault[1]} (orrery run --help says more)`);
}

function readFile(file: string): ReturnType<typeof readPipeline> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new OrreryError('ORRERY_VALIDATION', `the pipeline ${file} cannot be read (${(cause as NodeJS.ErrnoException).code ?? String(cause)})`, { cause });
  }
  return readPipeline(text, file);
}

function beginOrder(file: string, options: RunOptions, { environment }: Surroundings): RunOrder {
  const folder = process.cwd();
  return {
    kind: 'begin',
    entry: {
      kind: 'begin',
      run: options.run ?? randomUUID(),
      source: options.source ?? environment.source ?? sourceOf(readVersionControl(folder)),
      pipeline: readFile(file),
      folder,
      submittedAtMs: Date.now(),
      isFailFast: options.failFast ?? false,
    },
  };
}

/** @returns undefined when the run is to be carried on by this process itself */
async function findWorker({ worker, slots, memory }: RunOptions, { environment, terminal }: Surroundings): Promise<WorkerConnection | undefined> {
  if (slots !== undefined || memory !== undefined) return undefined;
  try {
    return await connectWorker(environment.stateFolder, worker ?? 'default');
  } catch (error) {
    if (worker !== undefined) throw error;
    const { details } = error as OrreryError;
    if (details['isStale'] === true) terminal.remark('orrery: the worker `default` is gone without a farewell; this call uses slots of its own');
    return undefined;
  }
}

function tellEnded(state: RunState, reporter: Reporter): FinishedEvent {
  const { run, pipeline } = state.begin;
  const event: FinishedEvent = { event: 'finished', run, attempt: state.runAttempt, workflow: pipeline.name, outcome: state.finished ?? null, at_ms: Date.now(), wall_ms: 0, tasks: tallyUnits(state) };
  reporter.tell({ event: 'remark', text: `run ${run} has ended before; nothing of it runs again` });
  reporter.tell(event);
  return event;
}

function exitCodeOf({ outcome }: FinishedEvent, signal: NodeJS.Signals | undefined): number {
  if (outcome === 'success') return exitCodes.ok;
  if (outcome === null) return exitCodes.partlyDone;
  return outcome === 'cancellation' && signal !== undefined ? 128 + constants.signals[signal] : exitCodes.failed;
}

/** Signals that stop the run rather than this process. */
class StopSignals {
  received: NodeJS.Signals | undefined;
  private stop: (() => void) | undefined;
  private readonly listeners = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) => ({ signal, listener: () => this.receive(signal) }));

  constructor() {
    for (const { signal, listener } of this.listeners) process.on(signal, listener);
  }

  onStop(stop: () => void): void {
    this.stop = stop;
    if (this.received !== undefined) stop();
  }

  release(): void {
    for (const { signal, listener } of this.listeners) process.off(signal, listener);
  }

  private receive(signal: NodeJS.Signals): void {
    this.received ??= signal;
    this.stop?.();
  }
}

