import type { Command } from 'commander';
import { futureMomentOf } from '../option-values.js';
import { findRunId, runArgumentHelp } from '../run-lookup.js';
import { openSession, shareOptions, type ConnectionOptions, type Surroundings } from '../session.js';
import { showShare } from '../view/amount.js';
import { counted, oneLine, type Style } from '../view/style.js';
import { layTable, type Column } from '../view/table.js';
import { showDuration, showMoment } from '../view/time.js';
import { wrap } from '../view/wrap.js';

/** What the platform says of a run, as far as the command reads it. Times are ISO 8601; what is not known is null. */
export interface RunPrediction {
  readonly run_id: string;
  readonly workflow: string | null;
  readonly branch: string;
  readonly state: 'running' | 'finished';
  readonly outcome: string | null;
  readonly finished_at: string | null;
  readonly eta: { readonly p10: string; readonly p50: string; readonly p90: string; readonly remaining_ms: number; readonly progress: number } | null;
  readonly deadline: { readonly at: string; readonly miss_probability: number | null } | null;
  readonly remaining_tasks: readonly RemainingTask[];
  readonly remaining_task_count: number;
  readonly next_task: { readonly mode: string; readonly advice: string | null; readonly candidates: readonly { readonly task: string; readonly probability: number; readonly annotation: string }[] } | null;
  readonly basis: { readonly method: string; readonly runs: number; readonly assumptions: readonly string[] };
}

interface RemainingTask {
  readonly task: string;
  readonly state: 'running' | 'waiting';
  readonly expected_end: string;
  readonly probability: number;
  readonly failure_probability: number | null;
  readonly is_overdue: boolean;
  readonly is_critical: boolean;
}

interface Options extends ConnectionOptions {
  readonly deadline?: string;
}

export function defineEta(program: Command, surroundings: Surroundings): void {
  const command = program
    .command('eta')
    .summary('tell when a run will end')
    .description('Tells when a run will end, which tasks decide it, and which comes next; with a deadline, how likely it is missed.')
    .argument('<run>', runArgumentHelp)
    .option('--deadline <time>', 'a time that is yet to come, like 2099-01-31T12:00Z', futureMomentOf)
    .action((run: string, options: Options) => tell(run, options, surroundings));
  shareOptions(command, { examples: ['orrery eta latest', 'orrery eta 3f2a --deadline 2099-01-31T12:00Z', 'orrery eta latest --json | jq -r .eta.p90'] });
}

async function tell(given: string, options: Options, surroundings: Surroundings): Promise<void> {
  const { client, terminal, isJson } = await openSession(options, surroundings);
  const answer = await client.get<RunPrediction>(`/api/v1/runs/${await findRunId(client, given)}/prediction`, { deadline: options.deadline });
  if (isJson) terminal.document(answer);
  else for (const line of tellEta(answer, { style: terminal.style, width: terminal.width })) terminal.line(line);
}

interface Look {
  readonly style: Style;
  readonly width: number;
}

const LONGEST_TEXT = 500;

/** When a run ends, what it has left, what comes next, and what all that takes for granted. */
export function tellEta(prediction: RunPrediction, { style, width }: Look): string[] {
  const { run_id: id, workflow, branch, remaining_tasks: tasks, remaining_task_count: count, next_task: next, basis } = prediction;
  const head = [style.strong(oneLine(workflow ?? 'unknown workflow', 200)), id.slice(0, 8), ...(branch === '' ? [] : [oneLine(branch, 100)])].join('  ');
  const advice = next?.advice ? ['', ...wrap(oneLine(next.advice, LONGEST_TEXT), width, '  ')] : [];
  return [
    head,
    ...endLines(prediction, style),
    ...deadlineLines(prediction),
    ...(tasks.length === 0 ? [] : ['', ...layTable(tasks, columns(style), width)]),
    ...(count > tasks.length ? [style.faint(`… ${counted(count - tasks.length, 'task')} more`)] : []),
    ...nextLines(prediction, style),
    ...advice,
    ...(basis.assumptions.length === 0 ? [] : ['', ...basis.assumptions.flatMap((text) => wrap(oneLine(text, LONGEST_TEXT), width, '  ')).map((line) => style.faint(line))]),
  ];
}

function endLines({ state, outcome, finished_at: finishedAt, eta }: RunPrediction, style: Style): string[] {
  if (state === 'finished') return [`  ended ${showMoment(finishedAt)}${outcome === null ? '' : `: ${oneLine(outcome, 40)}`}`];
  if (eta === null) return ['  when it ends is not known: nothing like it has ended yet'];
  const { p10, p50, p90, remaining_ms: remainingMs, progress } = eta;
  return [`  ${style.strong(`ends ${showMoment(p50)}`)}, in ${showDuration(remainingMs)}; ${showShare(progress)} of its time is over`, style.faint(`  80 % between ${showMoment(p10)} and ${showMoment(p90)}`)];
}

function deadlineLines({ deadline }: RunPrediction): string[] {
  if (deadline === null) return [];
  const words = deadline.miss_probability === null ? 'how likely it is missed is not known' : `missed with ${showShare(deadline.miss_probability)}`;
  return [`  deadline ${showMoment(deadline.at)}: ${words}`];
}

function columns(style: Style): readonly Column<RemainingTask>[] {
  return [
    { head: 'TASK LEFT', cell: ({ task }) => oneLine(task, 200), maxWidth: 48, paint: ({ is_critical: isCritical }, text) => (isCritical ? style.strong(text) : text) },
    { head: 'STATE', cell: ({ state, is_overdue: isOverdue }) => (isOverdue ? `${state}, overdue` : state), paint: ({ is_overdue: isOverdue }, text) => (isOverdue ? style.busy(text) : text) },
    { head: 'EXPECTED END', cell: ({ expected_end: end }) => showMoment(end) },
    { head: 'CRITICAL', cell: ({ is_critical: isCritical }) => (isCritical ? 'yes' : '') },
    { head: 'LIKELY', cell: ({ probability }) => showShare(probability), isRight: true },
    { head: 'FAILS', cell: ({ failure_probability: failure }) => showShare(failure), isRight: true },
  ];
}

function nextLines({ next_task: next }: RunPrediction, style: Style): string[] {
  if (next === null || next.candidates.length === 0) return [];
  const words = next.candidates.slice(0, 5).map(({ task, probability, annotation }) => `${task === '' ? 'the end' : oneLine(task, 60)} ${showShare(probability)}${annotation === '' ? '' : ` (${oneLine(annotation, 20)})`}`);
  return ['', `  next  ${words.join(', ')}${style.faint(`  mode ${oneLine(next.mode, 20)}`)}`];
}
