import type { Problem } from './tally.js';

const MEBIBYTE = 1024 * 1024;

export interface OrreryOptions {
  /** Address of the server. @default ORRERY_URL, else http://127.0.0.1:4600 */
  readonly url?: string;
  /** @default ORRERY_API_KEY, else none */
  readonly apiKey?: string;
  /** URI of what the runs belong to: a repository, an installation, a program. @default ORRERY_SOURCE, else urn:orrery:sdk:<host> */
  readonly source?: string;
  /** Facts wait so long for company. @minimum 1 @default 40 */
  readonly flushIntervalMs?: number;
  /** @minimum 1 @default 500 */
  readonly maxBatchEvents?: number;
  /** JSON of one batch, before compression. @default 1 MiB */
  readonly maxBatchBytes?: number;
  /** A larger event is shortened and marked `truncated`. @default 1 MiB */
  readonly maxEventBytes?: number;
  /** Events that may wait while the server is away. @default 50000 */
  readonly maxQueuedEvents?: number;
  /** JSON that may wait while the server is away. @default 32 MiB */
  readonly maxQueuedBytes?: number;
  /** Bodies from this size are compressed. @default 8 KiB, to this machine itself never */
  readonly compressFromBytes?: number;
  /** @default 10000 */
  readonly requestTimeoutMs?: number;
  /** First wait after a failed attempt; it doubles. @default 250 */
  readonly firstRetryMs?: number;
  /** @default 30000 */
  readonly longestRetryMs?: number;
  /** Larger files are recorded without a digest. @default 1 GiB */
  readonly maxHashedFileBytes?: number;
  /**
   * Signals on which to send what is left before the process ends by them. SIGINT is left out by default: a listener would
   * make a program in an endless loop deaf to Ctrl-C. @default ['SIGTERM', 'SIGHUP']
   */
  readonly flushOnSignals?: readonly NodeJS.Signals[];
  /** Hears when the server goes away and when events are lost; nothing is ever thrown or printed. */
  readonly onProblem?: (problem: Problem) => void;
  /** false: record nothing, open nothing. @default true, unless ORRERY_DISABLED is 1 or true */
  readonly isEnabled?: boolean;
}

export type Settings = Required<Omit<OrreryOptions, 'url' | 'apiKey' | 'onProblem'>> & {
  readonly url: URL;
  readonly apiKey: string | undefined;
  readonly onProblem: ((problem: Problem) => void) | undefined;
};

/** What the surroundings say: the client's settings, and the run and task that this process is a part of. */
export interface Surroundings {
  readonly url?: string;
  readonly apiKey?: string;
  readonly source?: string;
  readonly isDisabled: boolean;
  readonly runId?: string;
  readonly runSource?: string;
  readonly runAttempt?: number;
  readonly taskId?: string;
}

/** Reads the environment; the only place that does. */
export function readSurroundings(environment: Readonly<Record<string, string | undefined>> = process.env): Surroundings {
  const read = (name: string) => environment[name]?.trim() || undefined;
  return {
    url: read('ORRERY_URL'),
    apiKey: read('ORRERY_API_KEY'),
    source: read('ORRERY_SOURCE'),
    isDisabled: ['1', 'true'].includes(read('ORRERY_DISABLED') ?? ''),
    runId: read('ORRERY_RUN_ID'),
    runSource: read('ORRERY_RUN_SOURCE'),
    runAttempt: Number(read('ORRERY_RUN_ATTEMPT')) || undefined,
    taskId: read('ORRERY_TASK_ID'),
  };
}

function isLoopback(url: URL): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') throw new TypeError(`the address of the server must be an http or https URL, got ${text}`);
  return url;
}

/**
 * Fills the options up with the surroundings and the defaults.
 *
 * @throws TypeError when the address is not an http or https URL or a limit is not above 0: the only faults that are told by
 * throwing, because they are there before anything was recorded
 */
export function settle(options: OrreryOptions, surroundings: Surroundings, hostName: string): Settings {
  const url = parseUrl(options.url ?? surroundings.url ?? 'http://127.0.0.1:4600');
  const settings = {
    ...limits(options, isLoopback(url)),
    url,
    apiKey: (options.apiKey ?? surroundings.apiKey)?.trim() || undefined,
    source: options.source ?? surroundings.source ?? `urn:orrery:sdk:${encodeURIComponent(hostName)}`,
    flushOnSignals: options.flushOnSignals ?? (['SIGTERM', 'SIGHUP'] as const),
    isEnabled: options.isEnabled ?? !surroundings.isDisabled,
    onProblem: options.onProblem,
  };
  // Room for the brackets of the batch around an event of the largest size.
  return { ...settings, maxEventBytes: Math.min(settings.maxEventBytes, settings.maxQueuedBytes) - 2 };
}

type Limits = Pick<Settings, { [Key in keyof Settings]: Settings[Key] extends number ? Key : never }[keyof Settings]>;

function limits(options: OrreryOptions, isLocal: boolean): Limits {
  const defaults: Limits = {
    flushIntervalMs: 40,
    maxBatchEvents: 500,
    maxBatchBytes: MEBIBYTE,
    maxEventBytes: MEBIBYTE,
    maxQueuedEvents: 50_000,
    maxQueuedBytes: 32 * MEBIBYTE,
    compressFromBytes: isLocal ? Infinity : 8 * 1024,
    requestTimeoutMs: 10_000,
    firstRetryMs: 250,
    longestRetryMs: 30_000,
    maxHashedFileBytes: 1024 * MEBIBYTE,
  };
  const names = Object.keys(defaults) as (keyof Limits)[];
  return Object.fromEntries(names.map((name) => [name, positive(name, options[name] ?? defaults[name])])) as unknown as Limits;
}

function positive(name: string, value: number): number {
  if (typeof value !== 'number' || !(value > 0)) throw new TypeError(`${name} must be a number above 0`);
  return value;
}
