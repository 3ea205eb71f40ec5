import { messageOf } from '@orrery/errors';
import { CommanderError } from 'commander';
import { readEnvironment } from './environment.js';
import { exitCodeOf, exitCodes } from './exit-codes.js';
import { buildProgram } from './program.js';
import { Terminal } from './terminal.js';

async function main(words: readonly string[]): Promise<void> {
  const environment = readEnvironment();
  const terminal = new Terminal(environment);
  try {
    const program = await buildProgram(words, { environment, terminal });
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    // Commander has already said what is wrong.
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
      return;
    }
    terminal.remark(`orrery: ${messageOf(error)}`);
    process.exitCode = exitCodeOf(error);
  }
}

await main(process.argv.slice(2));
