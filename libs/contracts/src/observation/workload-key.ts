import { hash } from 'node:crypto';
import { workflowIdOf } from '../identity.js';
import type { Observation } from './observation.js';

/** What a baseline is kept for. Empty texts mean "any". */
export interface WorkloadKey {
  readonly tenantId: string;
  readonly subject: 'run' | 'task';
  readonly engine: string;
  readonly namespace: string;
  readonly workflow: string;
  /** Empty for a run. */
  readonly task: string;
  readonly image: string;
  readonly commandHash: string;
  readonly executorClass: string;
}

/** 0 every field, 1 any image and command, 2 any executor class, 3 any of the three: the task (or run) of the workflow. */
export type Level = 0 | 1 | 2 | 3;

export interface KeyLevel {
  readonly level: Level;
  readonly keyId: string;
  /** The key with the fields that this level leaves out emptied. */
  readonly key: WorkloadKey;
  /**
   * The level that anomalies are kept for: it outlives deploys (image and command are left out), but machines of another class are
   * another subject. Exactly one level of a key has it; flakiness and error lines are learned there only.
   */
  readonly isSubject: boolean;
}

const omittedAt: Readonly<Record<Level, readonly ('image' | 'commandHash' | 'executorClass')[]>> = {
  0: [],
  1: ['image', 'commandHash'],
  2: ['executorClass'],
  3: ['image', 'commandHash', 'executorClass'],
};

/** The key that an observation belongs to; a run has no image, command or executor class. */
export function workloadKeyOf(observation: Observation): WorkloadKey {
  const { tenantId, subject, engine, namespace, workflow, task, image, commandHash, executorClass } = observation;
  return { tenantId, subject, engine, namespace, workflow, task, image, commandHash, executorClass };
}

/**
 * The id of a key: 32 hex digits, the same on every machine. The level is no part of it: a task whose image is not told has the same
 * baseline as the task with any image.
 */
export function keyId(key: WorkloadKey): string {
  const { tenantId, subject, engine, namespace, workflow, task, image, commandHash, executorClass } = key;
  return digestOf([tenantId, subject, engine, namespace, workflow, task, image, commandHash, executorClass]);
}

/** The id of what is kept once a workflow (cadence, outage guard), whatever its tasks are: the key of its facts in the log. */
export function workflowId(workflow: Pick<WorkloadKey, 'tenantId' | 'engine' | 'namespace' | 'workflow'>): string {
  return workflowIdOf(workflow);
}

/** The levels of a key, finest first; a level that says the same as a finer one is left out. */
export function levelsOf(key: WorkloadKey): readonly KeyLevel[] {
  const levels: KeyLevel[] = [];
  const seen = new Set<string>();
  for (const level of [0, 1, 2, 3] as const) {
    const coarser = without(key, level);
    const fields = [coarser.image, coarser.commandHash, coarser.executorClass].map((field) => `${field.length}:${field}`).join('');
    if (seen.has(fields)) continue;
    seen.add(fields);
    levels.push({ level, keyId: keyId(coarser), key: coarser, isSubject: coarser.image === '' && coarser.commandHash === '' && coarser.executorClass === key.executorClass });
  }
  return levels;
}

function without(key: WorkloadKey, level: Level): WorkloadKey {
  return { ...key, ...Object.fromEntries(omittedAt[level].map((field) => [field, ''])) };
}

// Length prefixes keep ("ab","c") and ("a","bc") apart.
function digestOf(parts: readonly string[]): string {
  return hash('sha256', parts.map((part) => `${part.length}:${part}`).join(''), 'hex').slice(0, 32);
}
