export interface BrokerOptions {
  /** Where topics, settings and log lie; made when absent, kept after `stop`. */
  dataFolder: string;
  /** @default 0, any free port */
  port?: number;
  /** @default '127.0.0.1' */
  host?: string;
  /** Partitions of a topic that is created without a number. @default 1 */
  partitions?: number;
  /** Erase the topics in `dataFolder` before the start. @default false */
  isFresh?: boolean;
  /** Broker settings on top of ours, as in `server.properties`. */
  settings?: Record<string, string>;
  /** @default 60_000 */
  startTimeoutMs?: number;
  /** `JAVA_HOME`, `PATH`, `ORRERY_KAFKA_LIB` and `ORRERY_KAFKA_HEAP` are read. @default process.env */
  env?: Record<string, string | undefined>;
  /** A process without which the caller will not go on; only a later start on the same folder asks. @default the caller's own pid */
  supervisorPid?: number;
  /** Receives a line where something takes long: the one-time fetch of the jars, the end of an orphan. */
  log?: (line: string) => void;
  /** Gives up the start. */
  signal?: AbortSignal;
}

/** A Kafka broker of this process; it ends with the process, `kill -9` included. */
export interface Broker {
  /** `host:port`; the same after `restart`. */
  readonly bootstrapServers: string;
  readonly port: number;
  readonly dataFolder: string;
  readonly logFile: string;
  /** What runs it: `Java`, or Docker with image and volume. */
  readonly engine: string;
  /** `undefined` while no broker runs. */
  readonly pid: number | undefined;
  /** Resolves when the running broker ends in any way, with its exit code or the name of the signal. */
  readonly exited: Promise<number | string>;
  /** Starts the broker where it was, unless it runs. */
  start(): Promise<void>;
  /** Stops the broker as Kafka wants to be stopped; kills it when that takes longer than 30 s. */
  stop(): Promise<void>;
  /** Kills the broker (SIGKILL), as a crash would; `start` finds its data. */
  kill(): Promise<void>;
  /** Stops the broker and starts it on the same port and data. */
  restart(): Promise<void>;
}

/**
 * Starts a real Kafka broker (KRaft, broker and controller in one) and resolves when topics can be created on it.
 *
 * @throws ORRERY_CONFIG when the port or the data folder is in use.
 * @throws ORRERY_DEPENDENCY when there is neither Java 17 with Maven nor Docker, or the broker does not start.
 * @example const broker = await startBroker({ dataFolder }); broker.bootstrapServers; // '127.0.0.1:40123'
 */
export function startBroker(options: BrokerOptions): Promise<Broker>;
