/** A named step of a pipeline: one command, or several equal ones. */
export interface Stage {
  readonly name: string;
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** Names of stages that must have ended well before. */
  readonly dependsOn: readonly string[];
  /** How many times the command runs, each with its own ORRERY_INDEX. At least 1. */
  readonly count: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Relative to where the pipeline runs. */
  readonly folder?: string;
  /** What each is allowed to have resident. */
  readonly memoryBytes?: number;
  readonly expectedMs?: number;
  /** How often it is tried again after a failure; want of memory does not count. */
  readonly retries: number;
  readonly backoffMs: number;
  readonly timeoutMs?: number;
  readonly artifacts: readonly string[];
  readonly inputs: readonly string[];
}

/** A graph of commands, as a pipeline file describes it. */
export interface Pipeline {
  readonly name: string;
  readonly namespace?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** By when it should be done: a Unix time, or so long after it was handed in. */
  readonly deadline?: { readonly atMs: number } | { readonly afterMs: number };
  readonly weight?: number;
  /** Never more tasks than this at once. */
  readonly maxSlots?: number;
  /** In the order of the file. */
  readonly stages: readonly Stage[];
}

/** The name of one of the commands of a stage, unique in its pipeline. */
export function unitName(stage: Stage, index: number): string {
  return stage.count === 1 ? stage.name : `${stage.name}[${index}]`;
}

/** How many commands a pipeline has in all. */
export function unitCount({ stages }: Pipeline): number {
  return stages.reduce((sum, { count }) => sum + count, 0);
}
