import { readFileSync } from 'node:fs';
import { OrreryError } from '@orrery/errors';
import { Option, type Command } from 'commander';
import { exitCodes } from '../exit-codes.js';
import { formats, signals, type Signal } from '../import/formats.js';
import { importFiles, type ImportCounts } from '../import/import-files.js';
import { Progress } from '../import/progress.js';
import { countFiles } from '../import/source-files.js';
import { openSession, shareOptions, type ConnectionOptions, type Session, type Surroundings } from '../session.js';
import { counted } from '../view/style.js';

interface Options extends ConnectionOptions {
  readonly signal?: Signal;
  readonly secretFile?: string;
}

const SHOWN_ORIGINS = 20;

export function defineImport(program: Command, surroundings: Surroundings): void {
  const command = program
    .command('import')
    .summary('send recorded payloads of other engines')
    .description(`Sends recorded payloads of other engines.\n\n${Object.entries(formats).map(([name, { summary }]) => `  ${name.padEnd(12)} ${summary}`).join('\n')}`)
    .argument('<format>', Object.keys(formats).join(', '))
    .argument('<path...>', 'files, folders (all .json .jsonl .ndjson .pb below, also .gz), or - for standard input')
    .addOption(new Option('--signal <signal>', 'what OTLP protobuf files hold').choices(signals))
    .option('--secret-file <file>', "file that holds the platform's secret for GitHub webhooks")
    .action(async (format: string, paths: string[], options: Options) => {
      process.exitCode = await runImport(format, paths, options, surroundings);
    });
  shareOptions(command, { examples: [
    'orrery import github payloads/',
    "gh api --paginate 'repos/{owner}/{repo}/actions/runs' | orrery import github -",
    "kubectl get workflows -o json | orrery import argo -",
    'orrery import otlp traces.jsonl.gz metrics.pb',
  ] }).addHelpText('after', '\nFiles that cannot be read or are refused are named and passed over. Importing the same thing twice changes nothing.');
}

async function runImport(formatName: string, paths: readonly string[], options: Options, surroundings: Surroundings): Promise<number> {
  const format = formats[formatName];
  if (format === undefined) throw new OrreryError('ORRERY_VALIDATION', `unknown format ${formatName}; there are ${Object.keys(formats).join(', ')}`);
  const session = await openSession(options, surroundings);
  const progress = new Progress(session.terminal, session.isJson);
  const total = await countFiles(paths);
  const counts = await importFiles(paths, session.client, {
    convert: (document) => format.convert(document, { signal: options.signal }),
    webhookSecret: options.secretFile === undefined ? undefined : readSecret(options.secretFile),
    onProgress: ({ files, requests, faults }) => {
      const failed = faults.length > 0 ? `, ${faults.length} not` : '';
      progress.show(`${files}${total === undefined ? '' : ` of ${total}`} files, ${requests} sent${failed}`, total === undefined ? undefined : (files - 1) / total);
    },
    onFault: (origin, reason) => progress.remark(`orrery: ${origin}: ${reason}`),
  });
  progress.clear();
  report(formatName, counts, session);
  return exitCodeFor(counts);
}

function readSecret(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new OrreryError('ORRERY_CONFIG', `the secret file ${file} cannot be read`, { cause });
  }
}

function exitCodeFor({ unreachable, faults, accepted, unrecognised }: ImportCounts): number {
  if (unreachable !== undefined) return exitCodes.unreachable;
  if (faults.length === 0) return exitCodes.ok;
  return accepted + unrecognised > 0 ? exitCodes.partlyDone : exitCodes.failed;
}

function report(format: string, counts: ImportCounts, { terminal, isJson }: Session): void {
  const { files, requests, accepted, unrecognised, faults, runIds, unreachable } = counts;
  const origins = [...counts.unrecognisedOrigins];
  if (isJson) {
    const failed = faults.map(({ origin, reason }) => ({ file: origin, reason }));
    terminal.document({ format, files, requests, accepted, unrecognised, unrecognised_files: origins, runs: [...runIds], failed, complete: unreachable === undefined });
  } else {
    const parts = [counted(files, 'file'), counted(requests, 'request'), `${counted(accepted, 'event')} accepted`, counted(runIds.size, 'run')];
    if (unrecognised > 0) parts.push(`${unrecognised} not recognised (kept)`);
    if (faults.length > 0) parts.push(terminal.style.bad(`${faults.length} failed`));
    terminal.line(parts.join(', '));
    for (const origin of origins.slice(0, SHOWN_ORIGINS)) terminal.line(terminal.style.faint(`  not recognised: ${origin}`));
    if (origins.length > SHOWN_ORIGINS) terminal.line(terminal.style.faint(`  … ${origins.length - SHOWN_ORIGINS} more`));
  }
  if (unreachable !== undefined) terminal.remark(`orrery: stopped: ${unreachable.message} Run the same import again to send the rest.`);
}
