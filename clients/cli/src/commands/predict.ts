import { OrreryError } from '@orrery/errors';
import { Option, type Command } from 'commander';
import { amountOf, sizeOf } from '../option-values.js';
import { predictionTargets, type Prediction } from '../prediction-shapes.js';
import { findRunId, runArgumentHelp } from '../run-lookup.js';
import { openSession, shareOptions, type ConnectionOptions, type Surroundings } from '../session.js';
import { tellPrediction } from '../view/prediction-view.js';

interface Options extends ConnectionOptions {
  readonly workflow: string;
  readonly task?: string;
  readonly engine?: string;
  readonly namespace?: string;
  readonly inputBytes?: number;
  readonly run?: string;
  readonly trigger?: string;
  readonly ref?: string;
  readonly finished?: readonly string[];
  readonly target?: readonly string[];
  readonly machineFactor?: number;
}

export function definePredict(program: Command, surroundings: Surroundings): void {
  const command = program
    .command('predict')
    .summary('say what a run or task will come to')
    .description('Says what a run of a workflow, or one of its tasks, will come to if it begins now: how long it takes, how much memory it needs, whether it fails, and which task comes next.')
    .requiredOption('-w, --workflow <name>')
    .option('-t, --task <name>', 'one task instead of the whole run')
    .option('--engine <name>')
    .option('--namespace <name>')
    .option('--input-bytes <number>', 'how large the input is', sizeOf)
    .option('--run <run>', `for which run it is, so that it is scored when that ends: ${runArgumentHelp}`)
    .option('--trigger <name>', 'what starts it: push, schedule and the like')
    .option('--ref <name>', 'branch or tag')
    .option('--finished <task...>', 'tasks of the run that ended already, in their order')
    .addOption(new Option('--target <target...>', 'only these (default: all)').choices(predictionTargets))
    .option('--machine-factor <number>', 'how many times as long the machine takes as the usual one: 2 is half as fast', amountOf)
    .action((options: Options) => predict(options, surroundings));
  shareOptions(command, {
    examples: ['orrery predict --workflow release', 'orrery predict --workflow release --task build --input-bytes 2000000000', 'orrery predict --workflow release --finished checkout build --target next_task', 'orrery predict --workflow release --json | jq .duration.p90_ms'],
  });
}

async function predict(options: Options, surroundings: Surroundings): Promise<void> {
  const { client, terminal, isJson } = await openSession(options, surroundings);
  const { workflow, task, engine, namespace, inputBytes, run, trigger, ref, finished, target, machineFactor } = options;
  const query = {
    ...{ workflow, task, engine, namespace, input_size_bytes: inputBytes, run_id: run === undefined ? undefined : await findRunId(client, run) },
    ...{ trigger, ref_name: ref, finished_tasks: finished, targets: target, machine_factor: machineFactor },
  };
  const answer = await client.post<{ readonly predictions: readonly Prediction[] }>({ path: '/api/v1/predictions', headers: { 'content-type': 'application/json' }, body: JSON.stringify(query) });
  const prediction = answer?.predictions[0];
  if (prediction === undefined) throw new OrreryError('ORRERY_DEPENDENCY', 'the platform answered without a prediction');
  if (isJson) terminal.document(prediction);
  else for (const line of tellPrediction({ workflow, task, prediction }, { style: terminal.style, width: terminal.width })) terminal.line(line);
}
