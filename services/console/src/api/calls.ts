import { getJson, postJson, type Parameters } from './request.js';
import type {
  Artifact,
  DeadLetter,
  Failure,
  Message,
  Page,
  Provenance,
  Run,
  RunDetail,
  RunState,
  Sample,
  Task,
  Timeline,
} from './wire-shapes.js';

/** Where a page of a list begins and whether its answer is still wanted. */
export interface PageRequest {
  readonly cursor: string | null;
  readonly signal: AbortSignal;
}

export interface TimelineScope {
  readonly task?: string;
  readonly parent?: string;
  readonly actor?: string;
  readonly kind?: string;
  readonly limit?: number;
}

const runPath = (runId: string): string => `runs/${encodeURIComponent(runId)}`;

export const listRuns = (filter: Parameters, { cursor, signal }: PageRequest): Promise<Page<Run>> =>
  getJson('runs', { ...filter, limit: 50, cursor }, signal);

export const readRun = (runId: string, signal: AbortSignal): Promise<RunDetail> => getJson(runPath(runId), {}, signal);

export const readGraph = (runId: string, signal: AbortSignal): Promise<{ readonly tasks: readonly Task[] }> =>
  getJson(`${runPath(runId)}/graph`, {}, signal);

export const readTimeline = (runId: string, scope: TimelineScope, { cursor, signal }: PageRequest): Promise<Timeline> =>
  getJson(`${runPath(runId)}/timeline`, { ...scope, cursor }, signal);

export const listArtifacts = (runId: string, scope: Parameters, { cursor, signal }: PageRequest): Promise<Page<Artifact>> =>
  getJson(`${runPath(runId)}/artifacts`, { limit: 200, ...scope, cursor }, signal);

export const listMessages = (runId: string, { cursor, signal }: PageRequest): Promise<Page<Message>> =>
  getJson(`${runPath(runId)}/messages`, { limit: 200, cursor }, signal);

export const listSamples = (runId: string, taskId: string, { cursor, signal }: PageRequest): Promise<Page<Sample>> =>
  getJson(`${runPath(runId)}/samples`, { task: taskId, cursor }, signal);

export const readState = (runId: string, at: string, signal: AbortSignal): Promise<RunState> =>
  getJson(`${runPath(runId)}/state`, { at }, signal);

export const readFailure = (runId: string, signal: AbortSignal): Promise<Failure> => getJson(`${runPath(runId)}/failure`, {}, signal);

export const readProvenance = (of: { uri?: string; hash?: string }, signal: AbortSignal): Promise<Provenance> =>
  getJson('artifacts/provenance', of, signal);

export const listDeadLetters = (topic: string, { cursor, signal }: PageRequest): Promise<Page<DeadLetter>> =>
  getJson('dead-letters', { topic, limit: 100, cursor }, signal);

export const replayDeadLetters = (which: { ids?: readonly string[]; topic?: string }, signal: AbortSignal): Promise<{ readonly replayed: number }> =>
  postJson('dead-letters/replay', which, signal);
