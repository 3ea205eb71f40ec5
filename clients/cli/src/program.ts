import { Command } from 'commander';
import { exitCodesHelp } from './exit-codes.js';
import type { Surroundings } from './session.js';

type Define = (program: Command, surroundings: Surroundings) => void;

/** In the order of the help. Loaded only when needed: a recorded command should not wait for the code of the others. */
const commands: Readonly<Record<string, () => Promise<Define>>> = {
  exec: async () => (await import('./commands/exec.js')).defineExec,
  run: async () => (await import('./commands/run.js')).defineRun,
  worker: async () => (await import('./commands/worker.js')).defineWorker,
  import: async () => (await import('./commands/import.js')).defineImport,
  runs: async () => (await import('./commands/runs.js')).defineRuns,
  trace: async () => (await import('./commands/trace.js')).defineTrace,
  failure: async () => (await import('./commands/failure.js')).defineFailure,
  artifact: async () => (await import('./commands/artifact.js')).defineArtifact,
  baselines: async () => (await import('./commands/baselines.js')).defineBaselines,
  anomalies: async () => (await import('./commands/anomalies.js')).defineAnomalies,
  ack: async () => (await import('./commands/ack.js')).defineAck,
  anomaly: async () => (await import('./commands/anomaly.js')).defineAnomaly,
  predict: async () => (await import('./commands/predict.js')).definePredict,
  eta: async () => (await import('./commands/eta.js')).defineEta,
  annotate: async () => (await import('./commands/annotate.js')).defineAnnotate,
  accuracy: async () => (await import('./commands/accuracy.js')).defineAccuracy,
  forecast: async () => (await import('./commands/forecast.js')).defineForecast,
  train: async () => (await import('./commands/train.js')).defineTrain,
  models: async () => (await import('./commands/models.js')).defineModels,
  promote: async () => (await import('./commands/promote.js')).definePromote,
  rollback: async () => (await import('./commands/rollback.js')).defineRollback,
  schedule: async () => (await import('./commands/schedule/schedule.js')).defineSchedule,
  experiment: async () => (await import('./commands/experiment.js')).defineExperiment,
  report: async () => (await import('./commands/report.js')).defineReport,
  follow: async () => (await import('./commands/follow.js')).defineFollow,
  demo: async () => (await import('./commands/demo.js')).defineDemo,
  dlq: async () => (await import('./commands/dlq.js')).defineDlq,
  key: async () => (await import('./commands/key.js')).defineKey,
  health: async () => (await import('./commands/health.js')).defineHealth,
};

/** Builds the command line; when the first word names a command, with that command alone. */
export async function buildProgram(words: readonly string[], surroundings: Surroundings): Promise<Command> {
  const program = new Command('orrery')
    .description('Records workflow runs and shows what happened in them.')
    .version('0.1.0')
    .enablePositionalOptions()
    .showHelpAfterError('(add --help for what is possible)')
    .addHelpText('after', `${exitCodesHelp}\n\`orrery exec\` answers with the exit code of its command.`);
  const chosen = commands[words[0] ?? ''];
  const wanted = chosen === undefined ? Object.values(commands) : [chosen];
  for (const load of wanted) (await load())(program, surroundings);
  for (const command of [program, ...program.commands, ...program.commands.flatMap((group) => group.commands)]) command.exitOverride();
  return program;
}
