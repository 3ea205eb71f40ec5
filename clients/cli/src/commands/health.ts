import { isOrreryError, messageOf } from '@orrery/errors';
import type { Command } from 'commander';
import { exitCodes } from '../exit-codes.js';
import { openSession, shareOptions, type ConnectionOptions, type Surroundings } from '../session.js';

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

async function health(options: ConnectionOptions, surroundings: Surroundings): Promise<number> {
  const { client, terminal, isJson } = await openSession(options, surroundings);
  const results: { readonly check: string; readonly isWell: boolean; readonly answer: unknown }[] = [];
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
    for (const { check, isWell: well, answer } of results) {
      terminal.line(`${well ? terminal.style.good('✓') : terminal.style.bad('✗')} ${check}${well ? '' : `  ${String(answer)}`}`);
    }
  }
  return isWell ? exitCodes.ok : exitCodes.failed;
}
