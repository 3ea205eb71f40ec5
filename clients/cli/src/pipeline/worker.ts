import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { isOrreryError, messageOf, OrreryError } from '@orrery/errors';
import { resendSpooled } from '../spool/resend.js';
import { LiveRun } from './live-run.js';
import type { FinishedEvent, PipelineEvent } from './pipeline-event.js';
import { createExecutor, type ExecutionOptions } from './run-here.js';
import { RunLock } from './run-lock.js';
import { RunStore, type OwnedRun } from './run-store.js';
import { checkFits, type SlotExecutor } from './slot-executor.js';
import { runOf, takeRun, type RunOrder } from './take-run.js';
import { deliverEnd } from './tell-again.js';
import { tallyUnits } from './tally-units.js';
import { hear, makeWorkerFolder, say, socketPath, type WorkerRequest } from './worker-wire.js';

const RESEND_MS = 30_000;

type Variables = Readonly<Record<string, string | undefined>>;

/** Holds the slots of this machine for all pipelines that are handed to it. */
export class Worker {
  private readonly followers = new Map<string, Set<Socket>>();
  private readonly sockets = new Set<Socket>();
  /** Runs that are being taken up: a second call for the same one waits for the first. */
  private readonly opening = new Map<string, Promise<LiveRun>>();
  private readonly executor: SlotExecutor;
  private readonly store: RunStore;
  private readonly server: Server;
  private readonly resending: NodeJS.Timeout;
  private isStopping = false;

  private constructor(
    private readonly name: string,
    private readonly path: string,
    private readonly lock: RunLock,
    private readonly options: ExecutionOptions & { readonly tell: (event: PipelineEvent) => void },
  ) {
    this.store = new RunStore(options.environment.stateFolder);
    this.executor = createExecutor(options, name, (text) => this.remark(text));
    this.server = createServer((socket) => this.greet(socket));
    this.resending = setInterval(() => void resendSpooled(options.spool, options.address), RESEND_MS).unref();
  }

  /**
   * Starts a worker, which takes up what a former one of its name left.
   *
   * @throws ORRERY_CONFLICT when one of that name runs already
   */
  static async start(name: string, options: ExecutionOptions & { readonly tell: (event: PipelineEvent) => void }): Promise<Worker> {
    const { stateFolder } = options.environment;
    const path = socketPath(stateFolder, name);
    makeWorkerFolder(stateFolder);
    const lock = RunLock.take(`${path}.lock`);
    if (lock === undefined) throw new OrreryError('ORRERY_CONFLICT', `worker ${name} runs already on this machine; another one needs another --name`);
    const worker = new Worker(name, path, lock, options);
    await worker.takeUpAll();
    await worker.listen();
    return worker;
  }

  /** Stops what runs and puts all runs down, so that the next worker of this name, or `run --resume`, takes them up. */
  async stop(): Promise<void> {
    this.isStopping = true;
    clearInterval(this.resending);
    this.server.close();
    await Promise.allSettled(this.opening.values());
    await this.executor.suspend();
    for (const socket of this.sockets) socket.end();
    rmSync(this.path, { force: true });
    this.lock.release();
  }

  private async listen(): Promise<void> {
    // The lock says that nobody listens there any more.
    rmSync(this.path, { force: true });
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', (cause: NodeJS.ErrnoException) => reject(new OrreryError('ORRERY_CONFIG', `worker ${this.name} cannot listen at ${this.path} (${cause.code ?? cause.message})`, { cause })));
      this.server.listen(this.path, resolve);
    });
    chmodSync(this.path, 0o600);
  }

  private async takeUpAll(): Promise<void> {
    const left = this.store.ids().filter((id) => {
      const state = this.store.read(id);
      return state !== undefined && state.finished === undefined && state.worker === this.name;
    });
    for (const run of left.reverse()) {
      const owned = this.store.own(run);
      if (owned !== undefined) await this.open(owned, this.options.environment.all).catch((error: unknown) => this.remark(`run ${run} cannot be taken up: ${messageOf(error)}`));
    }
  }

  private greet(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.sockets.delete(socket);
      for (const sockets of this.followers.values()) sockets.delete(socket);
    });
    const { machine, policy } = this.options;
    say(socket, { kind: 'hello', name: this.name, pid: process.pid, slots: machine.slots, memoryBytes: machine.memoryBytes, policy });
    hear<WorkerRequest>(socket, (request) => void this.answer(request, socket));
  }

  private async answer(request: WorkerRequest, socket: Socket): Promise<void> {
    try {
      if (request.kind === 'run') await this.run(request.order, request.environment, socket);
      else this.executor.live.find(({ id }) => id === request.run)?.cancel('signal');
    } catch (error) {
      say(socket, { kind: 'refused', code: isOrreryError(error) ? error.code : 'ORRERY_DEPENDENCY', message: messageOf(error) });
    }
  }

  private async run(order: RunOrder, environment: Variables, socket: Socket): Promise<void> {
    if (this.isStopping) throw new OrreryError('ORRERY_DEPENDENCY', `worker ${this.name} is stopping`);
    const id = runOf(order);
    const known = this.executor.live.find((run) => run.id === id) ?? (await this.opening.get(id));
    if (known !== undefined) {
      this.follow(id, socket);
      this.catchUp(known, socket);
      return;
    }
    if (order.kind === 'begin') checkFits(order.entry.pipeline, this.options.machine);
    const taken = takeRun(this.store, order);
    if ('ended' in taken) {
      await deliverEnd(this.store, taken.ended, this.options);
      const { begin, runAttempt: attempt, finished } = taken.ended;
      const event: FinishedEvent = { event: 'finished', run: id, attempt, workflow: begin.pipeline.name, outcome: finished ?? null, at_ms: Date.now(), wall_ms: 0, tasks: tallyUnits(taken.ended) };
      say(socket, { kind: 'ended', event });
      return;
    }
    this.follow(id, socket);
    await this.open(taken.owned, environment);
  }

  private async open(owned: OwnedRun, environment: Variables): Promise<void> {
    const id = owned.state.begin.run;
    const { machine, address, spool } = this.options;
    try {
      checkFits(owned.state.begin.pipeline, machine);
      const opening = LiveRun.open(owned, { address, spool, worker: this.name, slots: machine.slots, environment, emit: (event) => this.emit(id, event) });
      this.opening.set(id, opening);
      this.executor.add(await opening);
    } catch (error) {
      owned.release();
      throw error;
    } finally {
      this.opening.delete(id);
    }
  }

  private follow(run: string, socket: Socket): void {
    this.followers.set(run, (this.followers.get(run) ?? new Set()).add(socket));
  }

  /** Tells somebody who comes later how the run stands. */
  private catchUp({ id, state, placements }: LiveRun, socket: Socket): void {
    const { machine } = this.options;
    const tally = tallyUnits(state);
    // What runs is told of next, and counted then.
    const tasks = { ...tally, running: 0, waiting: tally.waiting + tally.running };
    say(socket, { kind: 'event', event: { event: 'began', run: id, attempt: state.runAttempt, workflow: state.begin.pipeline.name, at_ms: state.startedAtMs, slots: machine.slots, worker: this.name, resumed: true, tasks } });
    for (const event of placements.values()) say(socket, { kind: 'event', event });
  }

  private emit(run: string, event: PipelineEvent): void {
    this.options.tell(event);
    for (const socket of this.followers.get(run) ?? []) say(socket, { kind: 'event', event });
    if (event.event === 'finished') this.followers.delete(run);
  }

  private remark(text: string): void {
    const event = { event: 'remark', text } as const;
    this.options.tell(event);
    for (const socket of this.sockets) say(socket, { kind: 'event', event });
  }
}
