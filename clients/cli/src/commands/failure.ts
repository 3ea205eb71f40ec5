import type { Command } from 'commander';
import type { FailureAnswer } from '../api-shapes.js';
import { findRunId, runArgumentHelp } from '../run-lookup.js';
import { openSession, shareOptions, type ConnectionOptions, type Surroundings } from '../session.js';
import { tellFailure } from '../view/failure-view.js';

export function defineFailure(program: Command, surroundings: Surroundings): void {
  const command = program
    .command('failure')
    .summary('tell what led to the failure of a run')
    .description('Tells what led to the failure of a run. Answers with exit code 4 when the run did not fail.')
    .argument('<run>', runArgumentHelp)
    .action((run: string, options: ConnectionOptions) => failure(run, options, surroundings));
  shareOptions(command, { examples: ['orrery failure latest', 'orrery failure 3f2a --json | jq -r .summary'] });
}

async function failure(given: string, options: ConnectionOptions, surroundings: Surroundings): Promise<void> {
  const { client, terminal, isJson } = await openSession(options, surroundings);
  const answer = await client.get<FailureAnswer>(`/api/v1/runs/${await findRunId(client, given)}/failure`);
  if (isJson) terminal.document(answer);
  else for (const line of tellFailure(answer, terminal.style, terminal.width)) terminal.line(line);
}
