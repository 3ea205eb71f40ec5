import { InvalidArgumentError, type Command } from 'commander';
import { amountOf } from '../option-values.js';
import type { ForecastAnswer } from '../prediction-shapes.js';
import { openSession, shareOptions, type ConnectionOptions, type Surroundings } from '../session.js';
import { tellForecast } from '../view/forecast-view.js';

interface Options extends ConnectionOptions {
  readonly workflow?: string;
  readonly engine?: string;
  readonly namespace?: string;
  readonly days: number;
  readonly price?: number;
}

const USUAL_DAYS = 7;
const MOST_DAYS = 30;

export function defineForecast(program: Command, surroundings: Surroundings): void {
  const command = program
    .command('forecast')
    .summary('show how much is to come')
    .description('Shows how many runs are to come and how long they keep machines busy, by the day and hour (UTC), with the peaks and what it will cost.')
    .option('-w, --workflow <name>', 'one workflow (default: all together)')
    .option('--engine <name>')
    .option('--namespace <name>')
    .option('--days <number>', 'how far ahead', daysOf, USUAL_DAYS)
    .option('--price <usd>', 'what an hour of load costs (default: what it cost so far, where costs were told)', amountOf)
    .action((options: Options) => forecast(options, surroundings));
  shareOptions(command, { examples: ['orrery forecast', 'orrery forecast --workflow release --days 14 --price 0.4', 'orrery forecast --json | jq -r .peaks[].text'] });
}

async function forecast(options: Options, surroundings: Surroundings): Promise<void> {
  const { client, terminal, isJson } = await openSession(options, surroundings);
  const { workflow, engine, namespace, days, price } = options;
  const answer = await client.get<ForecastAnswer>('/api/v1/forecast', { workflow, engine, namespace, hours: days * 24, price_per_hour: price });
  if (isJson) terminal.document(answer);
  else for (const line of tellForecast(answer, { style: terminal.style, width: terminal.width })) terminal.line(line);
}

function daysOf(text: string): number {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > MOST_DAYS) throw new InvalidArgumentError(`must be a whole number from 1 to ${MOST_DAYS}.`);
  return days;
}
