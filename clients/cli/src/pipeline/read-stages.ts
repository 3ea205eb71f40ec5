import type { Stage } from './definition.js';
import type { Faults } from './faults.js';
import { Fields, isMapping } from './fields.js';

const DEFAULT_FIELDS = ['env', 'folder', 'memory', 'expected', 'retries', 'backoff', 'timeout'] as const;
const TASK_FIELDS = ['command', 'depends_on', 'count', 'matrix', 'artifacts', 'inputs', ...DEFAULT_FIELDS] as const;
const LONGEST_NAME = 100;
const MOST_COUNT = 10_000;
const DEFAULT_BACKOFF_MS = 1_000;

type Shared = Pick<Stage, 'environment' | 'folder' | 'memoryBytes' | 'expectedMs' | 'retries' | 'backoffMs' | 'timeoutMs'>;
type Combination = Readonly<Record<string, string>>;

interface Written {
  readonly name: string;
  readonly fields: Fields;
  readonly combinations: readonly Combination[];
}

/** Reads the tasks of a pipeline; a task with a matrix becomes a stage for each combination of its values. */
export function readStages(root: Fields, faults: Faults): Stage[] {
  const defaults = readDefaults(root, faults);
  const written = readTasks(root, faults);
  const stageNames = new Map(written.map(({ name, combinations }) => [name, combinations.map((combination) => stageName(name, combination))]));
  return written.flatMap(({ name, fields, combinations }) => {
    const command = readCommand(fields);
    const dependsOn = readDependencies(fields, stageNames);
    const shared = readShared(fields, defaults);
    const common = { command, dependsOn, count: fields.whole('count', 1, MOST_COUNT) ?? 1, artifacts: fields.texts('artifacts') ?? [], inputs: fields.texts('inputs') ?? [] };
    return combinations.map((combination): Stage => ({ ...shared, ...common, name: stageName(name, combination), environment: { ...shared.environment, ...matrixVariables(combination) } }));
  });
}

function readDefaults(root: Fields, faults: Faults): Shared {
  const plain: Shared = { environment: root.variables('env'), retries: 0, backoffMs: DEFAULT_BACKOFF_MS };
  const value = root.raw('defaults');
  if (value === undefined) return plain;
  if (!isMapping(value)) {
    root.fault('defaults', `must be a mapping of ${DEFAULT_FIELDS.join(', ')}`);
    return plain;
  }
  const fields = new Fields(value, ['defaults'], faults);
  fields.allow(DEFAULT_FIELDS);
  return readShared(fields, plain);
}

function readShared(fields: Fields, otherwise: Shared): Shared {
  return {
    environment: { ...otherwise.environment, ...fields.variables('env') },
    folder: fields.text('folder') ?? otherwise.folder,
    memoryBytes: fields.bytes('memory') ?? otherwise.memoryBytes,
    expectedMs: fields.durationMs('expected') ?? otherwise.expectedMs,
    retries: fields.whole('retries', 0, 1_000) ?? otherwise.retries,
    backoffMs: fields.durationMs('backoff') ?? otherwise.backoffMs,
    timeoutMs: fields.durationMs('timeout') ?? otherwise.timeoutMs,
  };
}

function readTasks(root: Fields, faults: Faults): Written[] {
  const tasks = root.raw('tasks');
  if (!isMapping(tasks) || Object.keys(tasks).length === 0) {
    root.fault('tasks', 'must be the tasks by name, one at least');
    return [];
  }
  return Object.entries(tasks).flatMap(([name, value]) => {
    const path = ['tasks', name];
    const fault = faultOfName(name);
    if (fault !== undefined) faults.add(path, fault);
    const isShort = typeof value === 'string' || Array.isArray(value);
    if (!isShort && !isMapping(value)) {
      faults.add(path, 'must be a command, or a mapping with `command`');
      return [];
    }
    const fields = new Fields(isShort ? { command: value } : value, path, faults);
    fields.allow(TASK_FIELDS);
    return [{ name, fields, combinations: readMatrix(fields, path, faults) }];
  });
}

function faultOfName(name: string): string | undefined {
  if (name.length > LONGEST_NAME) return `a name has at most ${LONGEST_NAME} characters`;
  return /^[^\s\p{Cc}[\]](?:[^\p{Cc}[\]]*[^\s\p{Cc}[\]])?$/u.test(name) ? undefined : 'a name is not empty, has no brackets or control characters, and no blanks around it';
}

function readCommand(fields: Fields): readonly string[] {
  const value = fields.raw('command');
  const words: readonly unknown[] = Array.isArray(value) ? value.map((word: unknown) => (typeof word === 'number' ? String(word) : word)) : [value];
  if (value === undefined) fields.fault('command', 'is missing');
  else if (words.length === 0 || !words.every((word) => typeof word === 'string') || words[0]?.trim() === '') fields.fault('command', 'must be text for the shell, or a list of program and arguments');
  else if (words.some((word) => word.includes('\0'))) fields.fault('command', 'must not hold NUL characters');
  else return Array.isArray(value) ? words : ['/bin/sh', '-c', words[0] ?? ''];
  return [];
}

function readDependencies(fields: Fields, stageNames: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const names = fields.texts('depends_on') ?? [];
  const unknown = names.filter((name) => !stageNames.has(name));
  if (unknown.length > 0) fields.fault('depends_on', `there is no task ${unknown.join(', ')}`);
  return [...new Set(names.flatMap((name) => stageNames.get(name) ?? []))];
}

function readMatrix(fields: Fields, path: readonly string[], faults: Faults): readonly Combination[] {
  const value = fields.raw('matrix');
  if (value === undefined) return [{}];
  if (!isMapping(value) || Object.keys(value).length === 0) {
    fields.fault('matrix', 'must be names, each with a list of values');
    return [{}];
  }
  let combinations: readonly Combination[] = [{}];
  for (const [name, listed] of Object.entries(value)) {
    const list: readonly unknown[] = Array.isArray(listed) ? listed : [];
    const isGood = list.length > 0 && list.every((each) => (typeof each === 'string' && /^[^\p{Cc}[\]]+$/u.test(each)) || typeof each === 'number' || typeof each === 'boolean');
    if (!isGood || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) faults.add([...path, 'matrix', name], 'must be a name of letters, digits and _ with a list of texts or numbers');
    else combinations = combinations.flatMap((combination) => list.map((each) => ({ ...combination, [name]: String(each) })));
    if (combinations.length > MOST_COUNT) {
      faults.add([...path, 'matrix'], `has more than ${MOST_COUNT} combinations`);
      return [{}];
    }
  }
  return combinations;
}

function stageName(name: string, combination: Combination): string {
  const values = Object.entries(combination).map(([key, value]) => `${key}=${value}`);
  return values.length === 0 ? name : `${name}[${values.join(',')}]`;
}

function matrixVariables(combination: Combination): Combination {
  return Object.fromEntries(Object.entries(combination).map(([name, value]) => [`MATRIX_${name.toUpperCase()}`, value]));
}
