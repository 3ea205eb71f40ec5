import { Option, type Command } from 'commander';
import { exitCodesHelp } from '../exit-codes.js';
import { momentOf } from '../option-values.js';
import { predictionTargets, type AccuracyAnswer } from '../prediction-shapes.js';
import { openSession, shareOptions, type ConnectionOptions, type Surroundings } from '../session.js';
import { accuracyCsv } from '../view/accuracy-csv.js';
import { tellAccuracy } from '../view/accuracy-view.js';

interface Options extends ConnectionOptions {
  readonly workflow?: string;
  readonly target?: string;
  readonly since?: string;
  readonly csv?: boolean;
}

export function defineAccuracy(program: Command, surroundings: Surroundings): void {
  const command = program
    .command('accuracy')
    .summary('show how good the predictions were')
    .description('Shows how good the predictions were beside what really happened, and beside what plain rules would have said. The score is the share of predicted durations that were at most a quarter off: more than 80 % is the target, less than 60 % is critical.')
    .option('-w, --workflow <name>')
    .addOption(new Option('--target <target>', 'what was predicted').choices(predictionTargets))
    .option('--since <time>', 'predictions of then or later: ISO 8601, or 7d, 12w ago', momentOf)
    .addOption(new Option('--csv', 'print CSV: a line for each thing that was predicted, in all and of each task and model').conflicts('json'))
    .action((options: Options) => accuracy(options, surroundings));
  shareOptions(command, {
    examples: ['orrery accuracy', 'orrery accuracy --workflow release --target duration', 'orrery accuracy --csv > accuracy.csv', "orrery accuracy --json | jq -e '.score > 0.8'"],
    exitCodes: `${exitCodesHelp}\nThe score does not change the exit code.`,
  });
}

async function accuracy({ workflow, target, since, csv: isCsv = false, ...options }: Options, surroundings: Surroundings): Promise<void> {
  const { client, terminal, isJson } = await openSession(options, surroundings);
  const answer = await client.get<AccuracyAnswer>('/api/v1/accuracy', { workflow, target, since });
  if (isJson) terminal.document(answer);
  else for (const line of isCsv ? accuracyCsv(answer) : tellAccuracy(answer, { style: terminal.style, width: terminal.width })) terminal.line(line);
}
