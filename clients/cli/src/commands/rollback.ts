import type { Command } from 'commander';
import type { Rollback } from '../model-shapes.js';
import { openSession, shareOptions, type Surroundings } from '../session.js';
import { nameModel } from '../view/model-view.js';
import { noteOptions } from './anomaly.js';
import { kindArgument, MODELS_PATH, postToModel, workflowOptions, type WorkflowOptions } from './models.js';

interface Options extends WorkflowOptions {
  readonly note?: string;
  readonly by?: string;
}

export function defineRollback(program: Command, surroundings: Surroundings): void {
  const command = noteOptions(workflowOptions(program.command('rollback')))
    .summary('go back to the model that served before')
    .description('Goes back to the model that served before; where none did, the present one is taken out of service and the history answers.')
    .addArgument(kindArgument())
    .action((kind: string, options: Options) => rollback(kind, options, surroundings));
  shareOptions(command, { examples: ['orrery rollback duration', 'orrery rollback next_task --workflow release --note "it kept on guessing deploy"'] });
}

async function rollback(kind: string, options: Options, surroundings: Surroundings): Promise<void> {
  const session = await openSession(options, surroundings);
  const answer = await postToModel<Rollback>(session, `${MODELS_PATH}/${kind}/rollback`, options, { note: options.note, by: options.by });
  if (session.isJson) session.terminal.document(answer);
  else session.terminal.line(answer.to === null ? `${nameModel(answer.from)} serves no more; no model did before it, so the history answers` : `${nameModel(answer.to)} serves again, in place of ${answer.from.version}`);
}
