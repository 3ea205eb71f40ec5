import { access, constants, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BrokerError, MissingProgramError } from './broker-error.mjs';
import { probeBroker } from './broker-probe.mjs';
import { brokerSettings } from './broker-settings.mjs';
import { claimDataFolder } from './data-folder-claim.mjs';
import { dockerEngine } from './docker-engine.mjs';
import { javaEngine } from './java-engine.mjs';
import { faultLines, sizeOf } from './log-tail.mjs';
import { assertPortFree, freePorts } from './ports.mjs';
import { guard, sendSignal } from './processes.mjs';

const STOP_GRACE_MS = 30_000;
const POLL_MS = 50;
const PROBE_TIMEOUT_MS = 1_000;
const START_ATTEMPTS = 3;

/**
 * Starts a real Kafka broker (KRaft, broker and controller in one) and resolves when topics can be created on it.
 *
 * @throws ORRERY_CONFIG when the port or the data folder is in use.
 * @throws ORRERY_DEPENDENCY when there is neither Java 17 with Maven nor Docker, or the broker does not start.
 * @example const broker = await startBroker({ dataFolder }); broker.bootstrapServers; // '127.0.0.1:40123'
 */
export async function startBroker({ dataFolder, port = 0, host = '127.0.0.1', partitions = 1, ...others }) {
  const { env = process.env, settings = {}, startTimeoutMs = 60_000, isFresh = false } = others;
  const { supervisorPid = process.pid, log = () => {}, signal } = others;
  const plan = { dataFolder: path.resolve(dataFolder), host, partitions, env, settings, startTimeoutMs, supervisorPid, log, signal };
  const broker = new Broker(plan, port);
  await broker.start({ isFresh });
  return broker;
}

class Broker {
  #plan;
  #engine;
  #claim;
  #child;

  constructor(plan, port) {
    this.#plan = plan;
    this.port = port;
    this.exited = Promise.resolve(0);
  }

  get bootstrapServers() {
    return `${this.#plan.host}:${this.port}`;
  }

  get dataFolder() {
    return this.#plan.dataFolder;
  }

  get engine() {
    return this.#engine?.name;
  }

  get pid() {
    return this.#child?.pid;
  }

  get logFile() {
    return path.join(this.#plan.dataFolder, this.#engine?.logName ?? 'broker.log');
  }

  /** Starts the broker where it was, unless it runs. */
  async start({ isFresh = false } = {}) {
    if (this.#child) return;
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#startOnce(isFresh);
        return;
      } catch (error) {
        // Between the choice of a free port and its use another program can take it.
        if (attempt === START_ATTEMPTS || !/Address already in use/.test(error.message)) throw error;
      }
    }
  }

  /** Stops the broker as Kafka wants to be stopped; kills it when that takes longer than 30 s. */
  async stop() {
    const child = this.#child;
    if (!child) return;
    sendSignal(child.pid, 'SIGTERM');
    const isStopped = await Promise.race([this.exited.then(() => true), sleep(STOP_GRACE_MS, false, { ref: false })]);
    if (!isStopped) await this.kill();
  }

  /** Kills the broker (SIGKILL), as a crash would; `start` finds its data. */
  async kill() {
    const child = this.#child;
    if (!child) return;
    await this.#engine.kill(child);
    await this.exited;
  }

  /** Stops the broker and starts it on the same port and data. */
  async restart() {
    await this.stop();
    await this.start();
  }

  async #startOnce(isFresh) {
    const { dataFolder, host, supervisorPid, log } = this.#plan;
    await makeFolder(dataFolder);
    this.#claim = await claimDataFolder(dataFolder, { supervisorPid, log });
    try {
      if (this.port !== 0) await assertPortFree(host, this.port);
      this.#engine ??= await chooseEngine(this.#plan);
      if (isFresh) await this.#engine.erase();
      await this.#launch();
    } catch (error) {
      await this.kill();
      this.#claim.release();
      throw error;
    }
  }

  async #launch() {
    const { dataFolder, host, partitions, settings: overrides, signal } = this.#plan;
    const engine = this.#engine;
    const { topicsFolder, listenHost } = engine;
    const [freePort, controllerPort] = await freePorts(host, 2);
    const port = this.port || freePort;
    const properties = brokerSettings({ host, listenHost, port, controllerPort, partitions, topicsFolder, overrides });
    await engine.prepare(properties);
    const logStart = await sizeOf(path.join(dataFolder, 'broker.log'));
    signal?.throwIfAborted();
    this.#watch(await engine.launch(properties));
    this.#claim.recordBroker(this.pid, port);
    await this.#waitUntilReady(port, logStart);
    this.port = port;
  }

  #watch(child) {
    const liftGuard = guard(child);
    const claim = this.#claim;
    this.#child = child;
    this.exited = new Promise((resolve) => {
      const end = (reason) => {
        liftGuard();
        claim.release();
        this.#child = undefined;
        resolve(reason);
      };
      child.once('exit', (code, killSignal) => end(killSignal ?? code));
      child.once('error', (error) => end(error.message));
    });
  }

  async #waitUntilReady(port, logStart) {
    const { host, startTimeoutMs, signal } = this.#plan;
    const clusterId = await this.#engine.clusterId();
    const deadline = Date.now() + startTimeoutMs;
    while (this.#child) {
      signal?.throwIfAborted();
      const answer = await probeBroker(host, port, PROBE_TIMEOUT_MS);
      if (answer?.brokerCount > 0 && (clusterId === undefined || answer.clusterId === clusterId)) return;
      if (Date.now() > deadline) throw await this.#failure(`does not answer within ${startTimeoutMs} ms`, logStart);
      await sleep(POLL_MS);
    }
    throw await this.#failure(`ended (${await this.exited}) before it was ready`, logStart);
  }

  async #failure(what, logStart) {
    const { dataFolder } = this.#plan;
    const ofJava = await faultLines(path.join(dataFolder, 'broker.out'), 0);
    const lines = [...ofJava, ...(await faultLines(path.join(dataFolder, 'broker.log'), logStart))];
    return new BrokerError('ORRERY_DEPENDENCY', `Kafka ${what}; ${this.logFile} says:\n${lines.map((line) => `  ${line}`).join('\n')}`);
  }
}

async function makeFolder(folder) {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (cause) {
    throw new BrokerError('ORRERY_CONFIG', `The data folder cannot be used: ${cause.message}`, { cause });
  }
}

async function chooseEngine(context) {
  try {
    return await javaEngine(context);
  } catch (error) {
    if (!(error instanceof MissingProgramError)) throw error;
    const docker = await dockerEngine(context);
    if (docker) return docker;
    throw new MissingProgramError(`${error.message}; or start Docker, which does not answer either`, { cause: error });
  }
}
