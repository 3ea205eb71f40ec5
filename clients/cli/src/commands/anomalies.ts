import { Option, type Command } from 'commander';
import { ANOMALIES_PATH } from '../anomaly-lookup.js';
import { anomalyStatuses, anomalyTypes, severities, type Anomaly } from '../anomaly-shapes.js';
import { exitCodesHelp } from '../exit-codes.js';
import { limitOf, momentOf } from '../option-values.js';
import { readPages } from '../read-pages.js';
import { findRunId, runArgumentHelp } from '../run-lookup.js';
import { openSession, shareOptions, type ConnectionOptions, type Surroundings } from '../session.js';
import { tellAnomaly } from '../view/anomaly-view.js';

interface Options extends ConnectionOptions {
  readonly open?: boolean;
  readonly status?: string;
  readonly severity?: string;
  readonly type?: string;
  readonly workflow?: string;
  readonly task?: string;
  readonly run?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit: number;
}

export function defineAnomalies(program: Command, surroundings: Surroundings): void {
  const command = program
    .command('anomalies')
    .summary('show what is not normal')
    .description('Lists what is not as it usually is; what was seen last comes first.')
    .addOption(new Option('--open', 'only what nobody has dealt with: neither acknowledged nor resolved').conflicts('status'))
    .addOption(new Option('--status <status>', 'unresolved is open or acknowledged').choices(anomalyStatuses))
    .addOption(new Option('--severity <severity>', 'how bad it is').choices(severities))
    .addOption(new Option('--type <type>', 'what is not normal').choices(anomalyTypes))
    .option('-w, --workflow <name>')
    .option('-t, --task <name>')
    .option('--run <run>', runArgumentHelp)
    .option('--since <time>', 'last seen then or later: ISO 8601, or 30m, 6h, 7d ago', momentOf)
    .option('--until <time>', 'last seen before', momentOf)
    .option('-n, --limit <number>', 'how many at most', limitOf, 50)
    .action((options: Options) => anomalies(options, surroundings));
  shareOptions(command, {
    examples: ['orrery anomalies --open', 'orrery anomalies --severity critical --since 24h', 'orrery anomalies --run latest', "orrery anomalies --open --json | jq -e '.items | length == 0'"],
    exitCodes: `${exitCodesHelp}\nAnomalies do not change the exit code: it is 0 whether there are any or not.`,
  });
}

async function anomalies(options: Options, surroundings: Surroundings): Promise<void> {
  const { client, terminal, isJson } = await openSession(options, surroundings);
  const { severity, type, workflow, task, since, until, limit } = options;
  const status = options.open ? 'open' : options.status;
  const runId = options.run === undefined ? undefined : await findRunId(client, options.run);
  const query = { status, type, severity, workflow, task, run_id: runId, since, until };
  const { items, next_cursor: cursor } = await readPages<Anomaly>(client, { path: ANOMALIES_PATH, query, limit });
  if (isJson) terminal.document({ items, next_cursor: cursor });
  else if (items.length === 0) terminal.line(status === 'open' ? 'no open anomalies' : 'no anomalies');
  else {
    for (const item of items) for (const line of tellAnomaly(item, { style: terminal.style, width: terminal.width, nowMs: Date.now() })) terminal.line(line);
    if (cursor !== null) terminal.line(terminal.style.faint('… more; see --limit'));
  }
}
