import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OrreryError } from '@orrery/errors';
import type { Command } from 'commander';
import { exitCodes } from '../exit-codes.js';
import { postPatiently } from '../import/post-patiently.js';
import { Progress } from '../import/progress.js';
import { openSession, shareOptions, type ConnectionOptions, type Session, type Surroundings } from '../session.js';
import { counted } from '../view/style.js';

interface Options extends ConnectionOptions {
  readonly from?: string;
}

/** manifest.json beside a recording: its requests in the order in which they were made. */
interface Manifest {
  readonly requests: readonly {
    readonly path: string;
    readonly method: string;
    readonly contentType: string | null;
    readonly contentEncoding?: string | null;
    readonly headers?: Readonly<Record<string, string>>;
    readonly file: string;
  }[];
}

interface Replayed {
  readonly recording: string;
  sent: number;
  unrecognised: number;
  readonly runIds: Set<string>;
  readonly refused: string[];
}

/** The recordings that come with the project; the same from src/ and from dist/. */
const RECORDINGS = fileURLToPath(new URL('../../../../fixtures/', import.meta.url));

export function defineDemo(program: Command, surroundings: Surroundings): void {
  const command = program
    .command('demo')
    .summary('replay recorded runs of real engines')
    .description('Replays recorded runs of real engines, so that there is something to look at. Replaying again changes nothing.')
    .argument('[recording...]', 'which ones (default: all)')
    .option('--from <folder>', 'folder with the recordings')
    .action(async (names: string[], options: Options) => {
      process.exitCode = await demo(names, options, surroundings);
    });
  shareOptions(command, { examples: ['orrery demo', 'orrery demo ag2-nested && orrery trace latest'] });
}

async function demo(names: readonly string[], options: Options, surroundings: Surroundings): Promise<number> {
  const folder = resolve(options.from ?? RECORDINGS);
  const recordings = findRecordings(folder, names);
  const session = await openSession(options, surroundings);
  const results: Replayed[] = [];
  for (const recording of recordings) results.push(await replay(join(folder, recording), recording, session));
  if (session.isJson) session.terminal.document({ recordings: results.map((result) => ({ ...result, runIds: undefined, runs: [...result.runIds] })) });
  const refused = results.reduce((sum, result) => sum + result.refused.length, 0);
  if (refused === 0) return exitCodes.ok;
  return results.some((result) => result.sent > 0) ? exitCodes.partlyDone : exitCodes.failed;
}

function findRecordings(folder: string, names: readonly string[]): string[] {
  const all = existsSync(folder) ? readdirSync(folder).filter((name) => existsSync(join(folder, name, 'manifest.json'))).sort() : [];
  const unknown = names.find((name) => !all.includes(name));
  if (unknown !== undefined) throw new OrreryError('ORRERY_NOT_FOUND', `no recording ${unknown} in ${folder}; there are: ${all.join(', ') || 'none'}`);
  if (all.length === 0) throw new OrreryError('ORRERY_NOT_FOUND', `no recordings in ${folder}; name another folder with --from`);
  return names.length > 0 ? [...names] : all;
}

async function replay(folder: string, recording: string, { client, terminal, isJson }: Session): Promise<Replayed> {
  const manifest = readManifest(folder);
  const result: Replayed = { recording, sent: 0, unrecognised: 0, runIds: new Set(), refused: [] };
  const progress = new Progress(terminal, isJson);
  for (const [index, request] of manifest.requests.entries()) {
    progress.show(`${recording}: ${index + 1} of ${manifest.requests.length}`, index / manifest.requests.length);
    const { contentType, contentEncoding, path, file, headers = {} } = request;
    const kept = Object.entries(headers).filter(([name]) => /^(ce-|x-github-)/i.test(name));
    const sentHeaders = Object.fromEntries([...kept, ['content-type', contentType ?? 'application/json'], ...(contentEncoding ? [['content-encoding', contentEncoding]] : [])]);
    const answer = await postPatiently(client, { path, headers: sentHeaders, body: readFileSync(inside(folder, file)) });
    if (answer.kind === 'unreachable') throw answer.error;
    if (answer.kind === 'refused') {
      result.refused.push(`${file}: ${answer.reason}`);
      progress.remark(`orrery: ${recording}/${file}: ${answer.reason}`);
      continue;
    }
    result.sent += 1;
    result.unrecognised += answer.unrecognised;
    for (const id of answer.runIds) result.runIds.add(id);
  }
  progress.clear();
  if (!isJson) terminal.line(`${recording}: ${result.sent} of ${manifest.requests.length} requests replayed${result.runIds.size > 0 ? `, ${counted(result.runIds.size, 'run')}` : ''}`);
  return result;
}

function readManifest(folder: string): Manifest {
  const file = join(folder, 'manifest.json');
  try {
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
    if (Array.isArray(manifest.requests)) return manifest;
  } catch (cause) {
    throw new OrreryError('ORRERY_VALIDATION', `${file} cannot be read as JSON`, { cause });
  }
  throw new OrreryError('ORRERY_VALIDATION', `${file} lists no requests`);
}

/** A manifest names files of its own folder and nothing else. */
function inside(folder: string, file: string): string {
  const path = resolve(folder, file);
  if (!path.startsWith(folder + sep)) throw new OrreryError('ORRERY_VALIDATION', `the manifest in ${folder} names a file outside of it: ${file}`);
  return path;
}
