import { homedir, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

export interface OuterStep {
  readonly runId: string;
  readonly source: string;
  readonly attempt: number;
  readonly taskId: string;
}

/** What the surroundings say; flags win over it. */
export interface Environment {
  readonly url: string | undefined;
  readonly apiKey: string | undefined;
  readonly source: string | undefined;
  /** Where unsent events and the runs that several calls build are kept. */
  readonly stateFolder: string;
  readonly isColourOff: boolean;
  readonly isColourForced: boolean;
  /** The run that calls of `exec` build together when none is named: ORRERY_RUN_ID outside of any step. */
  readonly runId: string | undefined;
  /** The step that this process is a part of, when an `orrery exec` started it. */
  readonly outer: OuterStep | undefined;
  /** All of it, for the commands that `exec` starts. */
  readonly all: Readonly<Record<string, string | undefined>>;
}

/** Reads the environment; the only place that does. */
export function readEnvironment(variables: Readonly<Record<string, string | undefined>> = process.env): Environment {
  const read = (name: string) => variables[name]?.trim() || undefined;
  return {
    url: read('ORRERY_URL'),
    apiKey: read('ORRERY_API_KEY'),
    source: read('ORRERY_SOURCE'),
    stateFolder: read('ORRERY_STATE_FOLDER') ?? join(read('XDG_STATE_HOME') ?? stateHome(), 'orrery'),
    // https://no-color.org: any value but the empty one
    isColourOff: Boolean(variables['NO_COLOR']) || read('TERM') === 'dumb',
    isColourForced: ![undefined, '0', 'false'].includes(read('FORCE_COLOR')),
    runId: read('ORRERY_TASK_ID') === undefined ? read('ORRERY_RUN_ID') : undefined,
    outer: readOuter(read),
    all: variables,
  };
}

function readOuter(read: (name: string) => string | undefined): OuterStep | undefined {
  const [runId, source, taskId] = [read('ORRERY_RUN_ID'), read('ORRERY_RUN_SOURCE'), read('ORRERY_TASK_ID')];
  if (runId === undefined || source === undefined || taskId === undefined) return undefined;
  return { runId, source, attempt: Number(read('ORRERY_RUN_ATTEMPT')) || 1, taskId };
}

/** The variables that tell a command which step it is. */
export function outerStepVariables(step: OuterStep): Readonly<Record<string, string>> {
  return { ORRERY_RUN_ID: step.runId, ORRERY_RUN_SOURCE: step.source, ORRERY_RUN_ATTEMPT: String(step.attempt), ORRERY_TASK_ID: step.taskId };
}

function stateHome(): string {
  const home = homedir();
  return home === '' || home === '/' ? join(tmpdir(), `orrery-${userInfo().uid}`) : join(home, '.local', 'state');
}
