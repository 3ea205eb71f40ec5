import type { Command } from 'commander';
import type { ModelCard } from '../model-shapes.js';
import { openSession, shareOptions, type Surroundings } from '../session.js';
import { nameModel } from '../view/model-view.js';
import { noteOptions } from './anomaly.js';
import { kindArgument, MODELS_PATH, postToModel, versionOf, workflowOptions, type WorkflowOptions } from './models.js';

interface Options extends WorkflowOptions {
  readonly note?: string;
  readonly by?: string;
}

export function definePromote(program: Command, surroundings: Surroundings): void {
  const command = noteOptions(workflowOptions(program.command('promote')))
    .summary('put a model into service by hand')
    .description('Puts a model into service by hand, whatever its figures are; its card says that it was done by hand. `orrery rollback` takes it back.')
    .addArgument(kindArgument())
    .argument('<version>', 'number of its version', versionOf)
    .action((kind: string, version: number, options: Options) => promote(kind, version, options, surroundings));
  shareOptions(command, { examples: ['orrery promote duration 3', 'orrery promote duration 3 --note "the data of May was wrong"', 'orrery promote next_task 2 --workflow release'] });
}

async function promote(kind: string, version: number, options: Options, surroundings: Surroundings): Promise<void> {
  const session = await openSession(options, surroundings);
  const card = await postToModel<ModelCard>(session, `${MODELS_PATH}/${kind}/${version}/promote`, options, { note: options.note, by: options.by });
  if (session.isJson) session.terminal.document(card);
  else session.terminal.line(`${nameModel(card)} serves now`);
}
