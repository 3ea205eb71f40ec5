import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { OrreryError } from '@orrery/errors';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Workload } from '../../schedule-shapes.js';
import type { ConnectionOptions, Session } from '../../session.js';

/** What training and comparing have in common. */
export interface ConditionOptions extends ConnectionOptions {
  readonly data?: string;
  readonly workload?: string;
  readonly name?: string;
  readonly scenario?: string;
  readonly executors?: number;
  readonly batchJobs?: number;
  readonly streamJobs?: number;
  readonly gap?: number;
  readonly sequences?: number;
  readonly by?: string;
  readonly watch?: string;
  readonly cancel?: string;
  readonly wait: boolean;
}

const WORKLOADS = '/api/v1/schedule/workloads';
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Adds the options that say on what and under what conditions, and how long to look on. */
export function conditionOptions(command: Command, what: string): Command {
  return command
    .addOption(new Option('--data <file>', 'upload jobs and take those: measured plans, WfFormat, or stages with durations; may be gzipped').conflicts('workload'))
    .option('--workload <jobs>', 'synthetic (default), recorded, or the id of uploaded jobs')
    .option('--name <name>', `what the ${what} is called`)
    .addOption(new Option('--scenario <kind>', 'batch: all jobs at once; stream: one by one (default: both)').choices(['batch', 'stream', 'both']))
    .option('--executors <number>', 'equal executors that do the tasks (default: 50)', wholeOf)
    .option('--batch-jobs <number>', 'jobs of a batch (default: 20)', wholeOf)
    .option('--stream-jobs <number>', 'jobs of a stream (default: 100)', wholeOf)
    .option('--gap <seconds>', 'mean gap of a stream (default: what makes the executors busy for 70 % of the time)', positiveOf)
    .option('--sequences <number>', 'sequences of jobs to judge on', wholeOf)
    .option('--by <name>', 'who wants it (default: whom the API key belongs to)')
    .option('--watch <id>', `look on at a ${what} that was asked for before`, idOf)
    .option('--cancel <id>', `end a ${what} that waits or runs`, idOf)
    .option('--no-wait', 'do not wait for its end');
}

/** The conditions as the platform is told them; what is absent is its default. */
export async function conditionsOf(session: Session, options: ConditionOptions): Promise<Readonly<Record<string, unknown>>> {
  const { data, name, scenario, executors, batchJobs, streamJobs, gap, sequences, by } = options;
  const workload = data === undefined ? options.workload : await upload(session, data);
  return { name, workload, scenario, executors, batch_jobs: batchJobs, stream_jobs: streamJobs, gap_ms: gap === undefined ? undefined : gap * 1000, sequences, by };
}

/** Uploads a file as it is; the same file again is the same workload. */
async function upload({ client, terminal, isJson }: Session, file: string): Promise<string> {
  const body = contentOf(file);
  const isZipped = body[0] === 0x1f && body[1] === 0x8b;
  const name = basename(file).replace(/(\.json)?(\.gz)?$/, '');
  const headers = { 'content-type': 'application/json', ...(isZipped ? { 'content-encoding': 'gzip' } : {}) };
  const kept = await client.post<Workload>({ path: `${WORKLOADS}?name=${encodeURIComponent(name)}`, headers, body });
  if (kept === null) throw new OrreryError('ORRERY_DEPENDENCY', `${client.url} did not say what became of ${file}`);
  if (!isJson) terminal.remark(`orrery: ${kept.kinds} jobs of ${file} are workload ${kept.workload_id}`);
  return kept.workload_id;
}

function contentOf(file: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(readFileSync(file));
  } catch (cause) {
    throw new OrreryError('ORRERY_VALIDATION', `${file} cannot be read`, { cause });
  }
}

export function wholeOf(text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('must be a whole number of at least 1.');
  return value;
}

function positiveOf(text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('must be a number above 0.');
  return value;
}

export function idOf(text: string): string {
  if (!ID.test(text)) throw new InvalidArgumentError('must be an id as this command prints it.');
  return text.toLowerCase();
}
