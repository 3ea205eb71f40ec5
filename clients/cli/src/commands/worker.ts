import { availableParallelism } from 'node:os';
import { Option, type Command } from 'commander';
import { bytesOf, slotsOf } from '../pipeline/option-values.js';
import { showMemory } from '../pipeline/quantity.js';
import { Reporter, type ShownOutput } from '../pipeline/reporter.js';
import { Worker } from '../pipeline/worker.js';
import { resolveAddress, shareOptions, type ConnectionOptions, type Surroundings } from '../session.js';
import { Spool } from '../spool/spool.js';
import { counted } from '../view/style.js';

interface Options extends ConnectionOptions {
  readonly slots?: number;
  readonly memory?: number;
  readonly policy?: string;
  readonly name: string;
  readonly output: ShownOutput;
}

const NOTES = `
Runs until it is stopped. SIGTERM or Ctrl-C stops the commands that run and puts the runs down; the next worker of the same name takes
them up where they were, also after kill -9. \`orrery run --resume RUN\` does so without a worker.
Commands find the environment of the \`orrery run\` that handed them in; after a restart, that of the worker.

Exit codes: 0 stopped, 1 failed (also: one of that name runs already), 2 wrong usage.`;

export function defineWorker(program: Command, surroundings: Surroundings): void {
  const command = program
    .command('worker')
    .summary('hold the slots of this machine for all pipelines')
    .description('Holds the slots of this machine: what `orrery run` is given on it shares them, and each decision sees all pipelines at once.')
    .option('-s, --slots <number>', 'tasks at once (default: the cores of this machine)', slotsOf)
    .option('-m, --memory <amount>', 'memory that all tasks share, like 8GiB (default: no limit)', bytesOf)
    .option('-p, --policy <name>', 'who decides: learned, tuned, fair, weighted-fair, fifo, sjf-cp, srpt-cp, critical-path, heft, tetris … (default: what serves)')
    .option('-n, --name <name>', 'several workers of one machine need names', 'default')
    .addOption(new Option('--output <which>', 'show the end of the output of tasks').choices(['failed', 'all', 'none']).default('none'))
    .action((options: Options) => work(options, surroundings));
  shareOptions(command, { examples: ['orrery worker', 'orrery worker --slots 4 --memory 8GiB --policy learned', 'orrery worker --name nightly & orrery run nightly.yaml --worker nightly'], exitCodes: NOTES });
}

async function work(options: Options, { environment, terminal }: Surroundings): Promise<void> {
  const address = resolveAddress(options, environment);
  const machine = { slots: options.slots ?? availableParallelism(), memoryBytes: options.memory };
  const reporter = new Reporter(terminal, { isJson: options.json ?? false, output: options.output, isOfMany: true });
  const told = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });
  const worker = await Worker.start(options.name, { machine, policy: options.policy, address, spool: new Spool(environment.stateFolder, address.url), environment, tell: (event) => reporter.tell(event) });
  const memory = machine.memoryBytes === undefined ? '' : `, ${showMemory(machine.memoryBytes)}`;
  if (options.json) terminal.jsonLine({ event: 'ready', worker: options.name, pid: process.pid, slots: machine.slots, memory_bytes: machine.memoryBytes ?? null, policy: options.policy ?? null });
  else terminal.line(`worker ${options.name} is ready: ${counted(machine.slots, 'slot')}${memory}`);
  // The server's socket keeps the process alive until it is told to stop.
  await told;
  terminal.remark('orrery: the worker stops; what it leaves is taken up by the next one');
  await worker.stop();
}
