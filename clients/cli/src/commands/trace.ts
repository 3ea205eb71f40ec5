import { messageOf } from '@orrery/errors';
import { InvalidArgumentError, type Command } from 'commander';
import { ANOMALIES_PATH } from '../anomaly-lookup.js';
import type { Anomaly } from '../anomaly-shapes.js';
import type { ApiClient } from '../api-client.js';
import type { Artifact, ExecutionEvent, Page, Run, Task } from '../api-shapes.js';
import { ifThere } from '../if-there.js';
import { findRunId, runArgumentHelp } from '../run-lookup.js';
import { openSession, shareOptions, type ConnectionOptions, type Session, type Surroundings } from '../session.js';
import { drawTrace, type Trace } from '../view/trace-view.js';

interface Options extends ConnectionOptions {
  readonly depth: number;
  readonly breadth: number;
  readonly events: boolean;
  readonly artifacts: boolean;
}

const EVENT_PAGE = 1_000;
const ARTIFACT_PAGE = 500;
const ANOMALY_PAGE = 100;
/** Tasks whose events are asked for one by one when the run's own page did not hold them. */
const TASKS_ASKED = 50;

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('must be a whole number from 0.');
  return value;
}

export function defineTrace(program: Command, surroundings: Surroundings): void {
  const command = program
    .command('trace')
    .summary('show a run as a tree')
    .description('Shows a run as a tree: its tasks with their times, what happened inside them, the files they read (◂) and wrote (▸).')
    .argument('<run>', runArgumentHelp)
    .option('--depth <levels>', 'levels to show', count, 8)
    .option('--breadth <number>', 'children of one thing to show', count, 30)
    .option('--no-events', 'leave out what happened inside tasks')
    .option('--no-artifacts', 'leave out files')
    .action((run: string, options: Options) => trace(run, options, surroundings));
  shareOptions(command, { examples: ['orrery trace latest', 'orrery trace 3f2a --depth 2 --no-artifacts', 'orrery trace latest --json | jq .tasks[].name'] });
}

async function trace(given: string, options: Options, surroundings: Surroundings): Promise<void> {
  const session = await openSession(options, surroundings);
  const { client, terminal, isJson } = session;
  const path = `/api/v1/runs/${await findRunId(client, given)}`;
  const run = await client.get<Run>(path);
  const { tasks } = await client.get<{ readonly tasks: readonly Task[] }>(`${path}/graph`);
  const events = options.events ? await readEvents(client, path, tasks) : [];
  const artifacts = options.artifacts ? (await client.get<Page<Artifact>>(`${path}/artifacts`, { limit: ARTIFACT_PAGE })).items : [];
  const anomalies = await readAnomalies(session, run.run_id);
  const whole: Trace = { run, tasks, events, artifacts, ...(anomalies === undefined ? {} : { anomalies }) };
  if (isJson) terminal.document(whole);
  else {
    const shown = options.events ? whole : { ...whole, tasks: tasks.map((task) => ({ ...task, event_count: 0 })) };
    for (const line of drawTrace(shown, { depth: options.depth, breadth: options.breadth, style: terminal.style, width: terminal.width })) terminal.line(line);
    const hidden = run.artifact_count - artifacts.length;
    if (options.artifacts && hidden > 0) terminal.line(terminal.style.faint(`… ${hidden} more files`));
  }
}

/** The anomalies of a run; a trace is worth showing without them. */
async function readAnomalies({ client, terminal }: Session, runId: string): Promise<readonly Anomaly[] | undefined> {
  try {
    return (await ifThere(client.get<Page<Anomaly>>(ANOMALIES_PATH, { run_id: runId, limit: ANOMALY_PAGE })))?.items;
  } catch (error) {
    terminal.remark(`orrery: the anomalies of this run could not be read: ${messageOf(error)}`);
    return undefined;
  }
}

/** The run's events, and those of tasks of which the first page held none. */
async function readEvents(client: ApiClient, path: string, tasks: readonly Task[]): Promise<ExecutionEvent[]> {
  const { items } = await client.get<Page<ExecutionEvent>>(`${path}/timeline`, { limit: EVENT_PAGE });
  const events = [...items];
  const seen = new Set<string | null>();
  noteTasks(items, seen);
  const missing = tasks.filter((task) => task.event_count > 0 && !seen.has(task.task_id)).slice(0, TASKS_ASKED);
  for (const { task_id: id } of missing) {
    const page = await client.get<Page<ExecutionEvent>>(`${path}/timeline`, { task: id, limit: 200 });
    events.push(...page.items.map((event) => ({ ...event, task_id: event.task_id ?? id })));
  }
  return events;
}

/** Events of a task may stand inside an event of the task around it. */
function noteTasks(events: readonly ExecutionEvent[], seen: Set<string | null>): void {
  for (const { task_id: id, children = [] } of events) {
    seen.add(id);
    noteTasks(children, seen);
  }
}
