import { InvalidArgumentError, type Command } from 'commander';
import { normalisePattern, runCommand, type RecordedCommand } from '../exec/run-command.js';
import { resolveAddress, shareOptions, type ConnectionOptions, type Surroundings } from '../session.js';
import { resendSpooled } from '../spool/resend.js';
import { Spool } from '../spool/spool.js';
import type { Terminal } from '../terminal.js';
import { counted } from '../view/style.js';

interface Options extends ConnectionOptions {
  readonly workflow?: string;
  readonly task?: string;
  readonly run?: string;
  readonly finish?: boolean;
  readonly dependsOn?: readonly string[];
  readonly source?: string;
  readonly artifacts?: readonly string[];
  readonly inputs?: readonly string[];
  readonly timeout?: number;
  readonly tty?: boolean;
}

const NOTES = `
The exit code is the command's own: 128+n when a signal ended it, 124 at the time limit, 126 and 127 when it cannot be started,
2 when these options are wrong.

What is recorded: wall time, CPU seconds and peak memory of the command and all it starts (Linux: the process tree is looked at
every 50 ms; a shorter peak can be missed), exit code, the last 64 KiB or 200 lines of output, commit, branch, host, and the files that
match --artifacts and were written meanwhile, with size and SHA-256.
The command's output is passed on byte for byte through pipes, so it sees no terminal: many programs turn colours off then (most
heed FORCE_COLOR=1). --tty gives it the terminal itself; its output is not recorded then. Background processes that it leaves behind
are listened to until they are silent for half a second, then their pipe is closed.
Several calls with the same --run build one run; the first makes it, --finish or \`orrery run finish\` ends it. A task that is
called again in it is its next attempt. Calls inside a recorded command become steps of it.
The platform being away changes nothing for the command: what could not be sent is kept and goes out with the next call.`;

function commaList(text: string): string[] {
  return text.split(',').map((part) => part.trim()).filter((part) => part !== '');
}

function seconds(text: string): number {
  const value = Number(text);
  // The longest wait that timers can hold is 2^31 ms.
  if (!(value > 0 && value <= 2_147_483)) throw new InvalidArgumentError('must be a number of seconds from above 0 to 2147483.');
  return value;
}

function more(text: string, sofar: readonly string[] = []): string[] {
  return [...sofar, normalisePattern(text)];
}

export function defineExec(program: Command, surroundings: Surroundings): void {
  const command = program
    .command('exec')
    .summary('run any command and record it')
    .description('Runs any command and records it.')
    .usage('[options] -- CMD [ARG...]')
    .argument('<command...>')
    .passThroughOptions()
    .option('-w, --workflow <name>', 'name of the workflow (default: the task)')
    .option('-t, --task <name>', 'name of the task (default: the program)')
    .option('-r, --run <id>', 'the run that the command is a part of (default: ORRERY_RUN_ID)')
    .option('--finish', 'the run ends with this command')
    .option('--depends-on <names>', 'tasks that came before, separated by commas', commaList)
    .option('--source <uri>', "what the run belongs to (default: ORRERY_SOURCE, the repository's address, this machine)")
    .option('-a, --artifacts <glob...>', 'files that the command writes', more)
    .option('-i, --inputs <glob...>', 'files that the command reads', more)
    .option('--timeout <seconds>', 'end the command, and all it started, after so long', seconds)
    .option('--tty', 'give the command the terminal; its output is not recorded')
    .action(async (words: string[], options: Options) => {
      process.exitCode = await exec(words, options, surroundings);
    });
  shareOptions(command, { examples: [
    'orrery exec -- npm test',
    "orrery exec --workflow release --task build --artifacts 'dist/**' -- make build",
    'orrery exec --run $BUILD --task test --depends-on build --timeout 600 -- make test',
    'orrery exec --run $BUILD --task publish --depends-on test --finish -- make publish',
  ], exitCodes: NOTES });
}

async function exec(words: readonly string[], options: Options, { environment, terminal }: Surroundings): Promise<number> {
  const address = resolveAddress(options, environment);
  const spool = new Spool(environment.stateFolder, address.url);
  const resending = resendSpooled(spool, address);
  const { artifacts = [], inputs = [], timeout: timeoutSeconds, tty: hasTerminal = false } = options;
  const recorded = await runCommand(words, { ...options, run: options.run ?? environment.runId, artifacts, inputs, timeoutSeconds, hasTerminal }, address, environment);
  const { startError } = recorded;
  if (startError !== undefined) terminal.remark(`orrery: ${startError}`);
  const leftOut = recorded.result.written.leftOut + recorded.result.read.leftOut;
  if (leftOut > 0) terminal.remark(`orrery: ${leftOut} more files matched than are recorded of one command`);
  await keepUndelivered(recorded, spool, { terminal, url: address.url.href });
  await resending;
  if (options.json) terminal.remark(JSON.stringify(summary(recorded)));
  return recorded.result.judged.exitCode;
}

async function keepUndelivered({ undelivered, problem }: RecordedCommand, spool: Spool, { terminal, url }: { terminal: Terminal; url: string }): Promise<void> {
  if (undelivered.length === 0) return;
  const what = `${counted(undelivered.length, 'event')} could not be delivered to ${url} (${problem ?? 'no answer in time'})`;
  try {
    const removed = await spool.keep(undelivered);
    const price = removed > 0 ? `; the oldest ${removed} files there had to go` : '';
    terminal.remark(`orrery: ${what}; they wait in ${spool.folder} for the next call${price}`);
  } catch {
    terminal.remark(`orrery: ${what} and are lost: ${spool.folder} cannot be written`);
  }
}

function summary({ plan, result, undelivered }: RecordedCommand): unknown {
  const { judged, usage, written } = result;
  return {
    run: plan.runId,
    attempt: plan.runAttempt,
    source: plan.source,
    task: plan.taskId,
    outcome: judged.outcome,
    exit_code: judged.exitCode,
    wall_seconds: usage.wallSeconds,
    cpu_seconds: usage.cpuSeconds ?? null,
    peak_memory_bytes: usage.peakMemoryBytes ?? null,
    artifacts: written.files.map(({ path, digest, sizeBytes }) => ({ path, digest: digest ?? null, size_bytes: sizeBytes })),
    undelivered_events: undelivered.length,
  };
}
