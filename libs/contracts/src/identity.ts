import { hash } from 'node:crypto';

/**
 * Makes the 128-bit id that stands for the given parts: the head of their SHA-256, written as a UUID of version 8 (RFC 9562).
 * The same parts give the same id on every machine, so that repeats of one event meet in one row. Parts are length-prefixed:
 * ("ab","c") and ("a","bc") differ.
 *
 * @example
 * deterministicId('default', 'github', '42') // the same each time
 */
export function deterministicId(...parts: readonly string[]): string {
  let prefixed = '';
  for (const part of parts) prefixed += `${part.length}:${part}`;
  // In one call: a hash object costs more than the hashing, and every record takes several ids.
  const hex = hash('sha256', prefixed, 'hex');
  const variant = ((parseInt(hex[16] ?? '0', 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export interface RunIdentity {
  readonly tenantId: string;
  readonly engine: string;
  /** URI of the installation or repository the engine runs for. */
  readonly source: string;
  readonly externalId: string;
  /** Attempts of one external id are runs of their own. @minimum 1 */
  readonly attempt?: number;
}

/** The id of a run; equal for every event that speaks of the same attempt. */
export function runIdOf({ tenantId, engine, source, externalId, attempt = 1 }: RunIdentity): string {
  return deterministicId('run', tenantId, engine, source, externalId, String(attempt));
}

export interface WorkflowIdentity {
  readonly tenantId: string;
  readonly engine: string;
  readonly namespace: string;
  readonly workflow: string;
}

/** The id of a workflow: the key of its facts. What is not known of it is empty, so runs of no known workflow share one id. */
export function workflowIdOf({ tenantId, engine, namespace, workflow }: WorkflowIdentity): string {
  return deterministicId('workflow', tenantId, engine, namespace, workflow);
}

/** The id of a task within its run; attempts of one task share it. */
export function taskIdOf(runId: string, externalId: string): string {
  return deterministicId('task', runId, externalId);
}

/** The id of an execution event within its run. */
export function eventIdOf(runId: string, externalId: string): string {
  return deterministicId('event', runId, externalId);
}

/** The id of one reading or writing of an artifact within a run: who (task, event), which way, what. */
export function artifactIdOf(runId: string, ...what: readonly string[]): string {
  return deterministicId('artifact', runId, ...what);
}

/** The id of a message within its run. */
export function messageIdOf(runId: string, externalId: string): string {
  return deterministicId('message', runId, externalId);
}

/** The id of one measured value: what was measured, where and when. */
export function sampleIdOf(runId: string, ...what: readonly string[]): string {
  return deterministicId('sample', runId, ...what);
}

/** The id of a source event: the idempotency key of everything that comes in. */
export function recordIdOf(tenantId: string, source: string, externalId: string): string {
  return deterministicId('record', tenantId, source, externalId);
}
