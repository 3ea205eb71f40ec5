import { OrreryError } from '@orrery/errors';
import { Option, type Command } from 'commander';
import { ANOMALIES_PATH, anomalyArgumentHelp, findAnomalyId } from '../anomaly-lookup.js';
import type { Anomaly } from '../anomaly-shapes.js';
import { futureMomentOf, secondsOf } from '../option-values.js';
import { openSession, shareOptions, type ConnectionOptions, type Surroundings } from '../session.js';
import { severityMark } from '../view/severity-mark.js';
import { oneLine } from '../view/style.js';
import { standingWords, tellAnomalyInFull } from '../view/anomaly-view.js';
import { showMoment } from '../view/time.js';

export interface ActionOptions extends ConnectionOptions {
  readonly note?: string;
  readonly by?: string;
}

interface MuteOptions extends ActionOptions {
  readonly for?: number;
  readonly until?: string;
}

interface Action {
  readonly id: string;
  readonly action: 'acknowledge' | 'resolve' | 'mute' | 'false-positive';
  readonly until?: { readonly until: string } | { readonly for_s: number };
}

/** What every action on an anomaly can be told. */
export function noteOptions(command: Command): Command {
  return command.option('--note <text>', 'why, for whoever reads it later').option('--by <name>', 'who does it (default: whom the API key belongs to)');
}

export function defineAnomaly(program: Command, surroundings: Surroundings): void {
  const group = program.command('anomaly').summary('show or deal with one anomaly').description('One anomaly: what is known of it, and what a person can do about it. `orrery ack` acknowledges one.');
  const show = group
    .command('show')
    .summary('tell all that is known of it')
    .description('Tells all that is known of an anomaly.')
    .argument('<id>', anomalyArgumentHelp)
    .action((id: string, options: ConnectionOptions) => showAnomaly(id, options, surroundings));
  shareOptions(show, { examples: ['orrery anomaly show 3f2a', 'orrery anomaly show 3f2a --json | jq -r .run_ids[]'] });
  const resolve = noteOptions(group.command('resolve'))
    .summary('end it by hand')
    .description('Resolves an anomaly by hand; when it is seen again, it opens anew.')
    .argument('<id>', anomalyArgumentHelp)
    .action((id: string, options: ActionOptions) => actOnAnomaly({ id, action: 'resolve' }, options, surroundings));
  shareOptions(resolve, { examples: ['orrery anomaly resolve 3f2a --note "more memory since noon"'] });
  const falsePositive = noteOptions(group.command('false-positive'))
    .summary('call it a false alarm')
    .description('Calls an anomaly a false alarm: it is resolved, and it takes more to raise one of this kind here again.')
    .argument('<id>', anomalyArgumentHelp)
    .action((id: string, options: ActionOptions) => actOnAnomaly({ id, action: 'false-positive' }, options, surroundings));
  shareOptions(falsePositive, { examples: ['orrery anomaly false-positive 3f2a', 'orrery anomaly false-positive 3f2a --note "the first of the month is always slow"'] });
  defineMute(group, surroundings);
}

function defineMute(group: Command, surroundings: Surroundings): void {
  const mute = noteOptions(group.command('mute'))
    .summary('send no alerts for it for a while')
    .description('Mutes an anomaly: it is still counted, but nobody is alerted until the time is over.')
    .argument('<id>', anomalyArgumentHelp)
    .addOption(new Option('--for <length>', 'for so long: 30m, 6h, 7d').argParser(secondsOf).conflicts('until'))
    .option('--until <time>', 'until then: ISO 8601', futureMomentOf)
    .action(async (id: string, options: MuteOptions) => {
      await actOnAnomaly({ id, action: 'mute', until: muteEnd(options) }, options, surroundings);
    });
  shareOptions(mute, { examples: ['orrery anomaly mute 3f2a --for 7d', 'orrery anomaly mute 3f2a --until 2099-01-31T08:00Z --note "known until the move"'] });
}

function muteEnd({ for: seconds, until }: MuteOptions): { readonly until: string } | { readonly for_s: number } {
  if (until !== undefined) return { until };
  if (seconds === undefined) throw new OrreryError('ORRERY_VALIDATION', 'say for how long: --for 7d, or --until TIME');
  return { for_s: seconds };
}

async function showAnomaly(given: string, options: ConnectionOptions, surroundings: Surroundings): Promise<void> {
  const { client, terminal, isJson } = await openSession(options, surroundings);
  const anomaly = await client.get<Anomaly>(`${ANOMALIES_PATH}/${await findAnomalyId(client, given)}`);
  if (isJson) terminal.document(anomaly);
  else for (const line of tellAnomalyInFull(anomaly, { style: terminal.style, width: terminal.width, nowMs: Date.now() })) terminal.line(line);
}

/** Carries an action out and says how the anomaly stands then. */
export async function actOnAnomaly({ id, action, until }: Action, options: ActionOptions, surroundings: Surroundings): Promise<void> {
  const { client, terminal, isJson } = await openSession(options, surroundings);
  const path = `${ANOMALIES_PATH}/${await findAnomalyId(client, id)}/${action}`;
  const body = JSON.stringify({ ...until, note: options.note, by: options.by });
  const anomaly = await client.post<Anomaly>({ path, headers: { 'content-type': 'application/json' }, body });
  if (anomaly === null) throw new OrreryError('ORRERY_DEPENDENCY', `${client.url} did not say what became of the anomaly`);
  if (isJson) {
    terminal.document(anomaly);
    return;
  }
  const standing = action === 'mute' && anomaly.muted_until !== null ? `muted until ${showMoment(anomaly.muted_until)} UTC` : standingWords(anomaly);
  terminal.line(`${severityMark(anomaly.severity, terminal.style)} ${oneLine(anomaly.title, 200)}  ${oneLine(standing, 300)}`);
  if (action === 'acknowledge' && anomaly.status === 'resolved') terminal.remark('orrery: it was resolved before; there is nothing left to acknowledge');
}
