import { Option, type Command } from 'commander';
import { bytesOf, slotsOf } from '../pipeline/option-values.js';
import { runPipeline, type RunOptions } from '../pipeline/run-pipeline.js';
import { shareOptions, type Surroundings } from '../session.js';
import { defineRunFinish } from './run-finish.js';

const NOTES = `
A pipeline file names tasks, their commands and what they wait for:

  name: release
  env: { LEVEL: high }                 # for all tasks
  defaults: { retries: 1, timeout: 10m }
  deadline: 30m                        # also weight, namespace, labels, max_slots
  tasks:
    fetch: ./fetch.sh                  # a command for the shell
    build:
      command: [make, build]           # or a program and its arguments
      depends_on: [fetch]
      memory: 1GiB                     # above that it is stopped, and tried again with twice as much
      expected: 30s                    # what it takes, where that is known
      retries: 2                       # after 1s (backoff), 2s, 4s ...
      artifacts: ['dist/**']           # also inputs, env, folder, timeout
    test:
      command: ./test.sh $MATRIX_NODE
      depends_on: build
      matrix: { node: [20, 22] }       # a task for each
    shard: { command: ./shard.sh $ORRERY_INDEX, count: 4, depends_on: build }

Whenever slots are free the platform's scheduler is asked what to start; while it is away, tasks start in plain order. A failed task
takes with it what depends on it; the rest goes on. A task that is killed for want of memory is tried again with more.
A running \`orrery worker\` is given the pipeline unless --slots says otherwise, so that several share the slots of this machine.
What was cut off, by Ctrl-C or kill -9, is taken up with --resume; tasks that ended well do not run again.
Tasks find ORRERY_RUN_ID, ORRERY_TASK_ID, ORRERY_TASK_ATTEMPT, ORRERY_INDEX and ORRERY_MEMORY_BYTES in their environment.

Exit codes: 0 every task ended well, 1 not so, 2 wrong usage or a faulty file, 4 no such run or worker, 5 put down by the worker to be
taken up again, 130 and 143 stopped by a signal.`;

export function defineRun(program: Command, surroundings: Surroundings): void {
  const command = program
    .command('run')
    .summary('run a pipeline of commands')
    .description('Runs a graph of commands in the slots of this machine and records it.')
    .usage('[options] PIPELINE.yaml | --resume RUN | finish ID')
    .argument('[pipeline]', 'file that describes the tasks')
    .enablePositionalOptions()
    .option('-s, --slots <number>', 'tasks at once (default: the cores of this machine)', slotsOf)
    .option('-m, --memory <amount>', 'memory that all tasks share, like 8GiB (default: no limit)', bytesOf)
    .option('-p, --policy <name>', 'who decides: learned, tuned, fair, weighted-fair, fifo, sjf-cp, srpt-cp, critical-path, heft, tetris … (default: what serves)')
    .option('-r, --run <id>', 'name of the run: what ended well under it does not run again')
    .option('--resume <run>', 'take up a run that was cut off or failed: its id, the beginning of it, or `latest`')
    .option('--worker <name>', 'hand the run to this worker (default: `default`, when it runs)')
    .option('--fail-fast', 'stop everything at the first failure')
    .option('--source <uri>', "what the run belongs to (default: ORRERY_SOURCE, the repository's address, this machine)")
    .addOption(new Option('--output <which>', 'show the end of the output of tasks').choices(['failed', 'all', 'none']).default('failed'))
    .option('--dry-run', 'show the plan and run nothing')
    .action(async (file: string | undefined, options: RunOptions) => {
      process.exitCode = await runPipeline(file, options, surroundings);
    });
  shareOptions(command, {
    examples: ['orrery run pipeline.yaml', 'orrery run pipeline.yaml --slots 4 --memory 8GiB --policy learned', 'orrery run pipeline.yaml --dry-run', 'orrery run --resume latest', 'orrery worker --slots 4 & orrery run a.yaml & orrery run b.yaml'],
    exitCodes: NOTES,
  });
  defineRunFinish(command, surroundings);
}
