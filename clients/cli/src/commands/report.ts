import type { Command } from 'commander';
import { OrreryError } from '@orrery/errors';
import { dayOf } from '../option-values.js';
import { gatherReport, type Period } from '../report/gather-report.js';
import { openSession, shareOptions, type ConnectionOptions, type Surroundings } from '../session.js';
import { tellReport } from '../view/report-view.js';

interface Options extends ConnectionOptions {
  readonly daily?: boolean;
  readonly date?: Period;
}

const DAY_MS = 86_400_000;
/** Lines longer than this are broken anew by mail programs. */
const MAIL_WIDTH = 78;

export function defineReport(program: Command, surroundings: Surroundings): void {
  const command = program
    .command('report')
    .summary('tell what happened in a day')
    .description('Tells what happened in the last 24 hours, or on a day: runs, what was slower than usual, anomalies, flaky tasks. Plain text of short lines where nobody looks on, so that a mail can carry it.')
    .option('--daily', 'a report of one day')
    .option('--date <day>', 'that day in UTC instead of the last 24 hours: 2026-01-31', dayOf)
    .action((options: Options) => report(options, surroundings));
  shareOptions(command, { examples: ['orrery report --daily', 'orrery report --daily --date 2026-01-31', "orrery report --daily | mail -s 'What Orrery saw' team@example.com", 'orrery report --daily --json | jq .anomalies.open'] });
}

async function report(options: Options, surroundings: Surroundings): Promise<void> {
  if (!options.daily && options.date === undefined) throw new OrreryError('ORRERY_VALIDATION', 'say which report: --daily');
  const { client, terminal, isJson } = await openSession(options, surroundings);
  const nowMs = Date.now();
  const period = options.date ?? { from: new Date(nowMs - DAY_MS).toISOString(), until: new Date(nowMs).toISOString() };
  const gathered = await gatherReport(client, period);
  if (isJson) terminal.document(gathered);
  else for (const line of tellReport(gathered, { style: terminal.style, width: Math.min(terminal.width, MAIL_WIDTH) })) terminal.line(line);
}
