import type { Command } from 'commander';
import { anomalyArgumentHelp } from '../anomaly-lookup.js';
import { shareOptions, type Surroundings } from '../session.js';
import { actOnAnomaly, noteOptions, type ActionOptions } from './anomaly.js';

export function defineAck(program: Command, surroundings: Surroundings): void {
  const command = noteOptions(program.command('ack'))
    .summary('say that somebody deals with an anomaly')
    .description('Acknowledges an anomaly: somebody knows of it. It stays until normal returns or somebody resolves it; `orrery anomaly` does more.')
    .argument('<id>', anomalyArgumentHelp)
    .action((id: string, options: ActionOptions) => actOnAnomaly({ id, action: 'acknowledge' }, options, surroundings));
  shareOptions(command, { examples: ['orrery ack 3f2a', 'orrery ack 3f2a --note "the new disk comes on Monday"'] });
}
