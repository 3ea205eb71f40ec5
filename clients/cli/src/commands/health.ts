import { isOrreryError, messageOf } from '@orrery/errors';
import type { Command } from 'commander';
import { exitCodes } from '../exit-codes.js';
import { openSession, shareOptions, type ConnectionOptions, type Surroundings } from '../session.js';
import type { Terminal } from '../terminal.js';

const CHECKS = ['live', 'ready', 'startup'] as const;

export function defineHealth(program: Command, surroundings: Surroundings): void {
  const command = program
    .command('health')
    .summary('ask the platform how it is')
    .description('Asks the platform how it is.')
    .action(async (options: ConnectionOptions) => {
      process.exitCode = await health(options, surroundings);
    });
  shareOptions(command, { examples: ['orrery health', 'orrery health --json --url https://orrery.example.com'] });
}

interface Result {
  readonly check: string;
  readonly isWell: boolean;
  readonly answer: unknown;
}

async function health(options: ConnectionOptions, surroundings: Surroundings): Promise<number> {
  const { client, terminal, isJson } = await openSession(options, surroundings);
  const results: Result[] = [];
  for (const check of CHECKS) {
    try {
      results.push({ check, isWell: true, answer: await client.get<unknown>(`/health/${check}`) });
    } catch (error) {
      if (!isOrreryError(error) || error.details['isUnreachable'] === true) throw error;
      results.push({ check, isWell: false, answer: messageOf(error) });
    }
  }
  const isWell = results.every((result) => result.isWell);
  if (isJson) terminal.document({ url: client.url, well: isWell, checks: Object.fromEntries(results.map(({ check, isWell: well, answer }) => [check, { well, answer }])) });
  else {
    for (const result of results) tell(result, terminal);
  }
  return isWell ? exitCodes.ok : exitCodes.failed;
}

function tell({ check, isWell, answer }: Result, terminal: Terminal): void {
  const { style } = terminal;
  terminal.line(`${isWell ? style.good('✓') : style.bad('✗')} ${check}${isWell ? '' : `  ${String(answer)}`}`);
  for (const { part, status, reason } of isWell ? noticesIn(answer) : []) terminal.line(`  ${status === 'degraded' ? style.bad('!') : '·'} ${part}: ${reason}`);
}

interface Notice {
  readonly part: string;
  readonly status: string;
  readonly reason: string;
}

/** What the parts of a service that is well have to tell all the same. */
function noticesIn(answer: unknown): readonly Notice[] {
  const { details = {} } = answer as { readonly details?: Readonly<Record<string, { readonly status: string; readonly reason?: string }>> };
  return Object.entries(details).flatMap(([part, { status, reason }]) => (reason === undefined ? [] : [{ part, status, reason }]));
}
