import { workflowId, type Observation, type WorkloadKey } from '@orrery/contracts';
import { ByteReader, ByteWriter } from '@orrery/stats';
import { OrreryError } from '@orrery/errors';
import { resultOf } from './baseline-learning.js';
import type { Finding } from './detection/finding.js';
import { hashOf } from './text-hash.js';
import { percentText } from './wording.js';

/** One recent result of any task of a workflow. */
interface GuardResult {
  readonly task: number;
  readonly failed: boolean;
  readonly atMs: number;
}

/** What is kept once a workflow: tells a failure of everything from a failure of something. */
export interface GuardState {
  /** The last results of all tasks, oldest first. At most 48. */
  readonly results: readonly GuardResult[];
  /** Usual share of failures: exponentially weighted over about 100 results, outages left out. */
  readonly failureShare: number;
  readonly count: number;
  /** When the present outage began; 0 when there is none. */
  readonly outageSinceMs: number;
}

export interface GuardVerdict {
  readonly guard: GuardState;
  readonly finding: Finding | null;
  /** The workflow as a whole is down: what single tasks do says nothing about them. */
  readonly isOutage: boolean;
}

const maxResults = 48;
const windowMs = 30 * 60_000;
/** Different tasks that must fail within the window. */
const leastFailedTasks = 5;
const outageShare = 0.6;
/** It is over when less than this share of the last few results are failures. */
const recoveredShare = 0.3;
const recoveryResults = 16;
const shareAlpha = 0.02;

const emptyGuard: GuardState = { results: [], failureShare: 0, count: 0, outageSinceMs: 0 };

/**
 * Adds a result and tells whether most of the workflow fails at once: at least 5 different tasks and 60 % of the results of the last half
 * hour, and at least three times the usual share. It ends when less than 30 % of the last 16 fail.
 */
export function guardAgainstOutage(guard: GuardState | null, observation: Observation): GuardVerdict {
  const known = guard ?? emptyGuard;
  const passed = resultOf(observation);
  if (passed === null || observation.subject !== 'task') return { guard: known, finding: null, isOutage: false };
  const atMs = observation.observedAtMs;
  const results = [...known.results, { task: hashOf(observation.task), failed: !passed, atMs }].slice(-maxResults);
  const recent = results.filter((result) => Math.abs(atMs - result.atMs) <= windowMs);
  const failed = recent.filter((result) => result.failed);
  const failedTasks = new Set(failed.map(({ task }) => task)).size;
  const latest = results.slice(-recoveryResults);
  const latestShare = latest.filter((result) => result.failed).length / latest.length;
  const isOutage = known.outageSinceMs > 0 ? latestShare >= recoveredShare : hasBegun(known, { share: failed.length / recent.length, failedTasks });
  if (!isOutage) return { guard: { ...learnShare(known, passed), results, outageSinceMs: 0 }, finding: null, isOutage };
  const outageSinceMs = known.outageSinceMs || Math.min(...failed.map((result) => result.atMs));
  const figures = { failedTasks, failed: failed.length, seen: recent.length, usual: known.failureShare, outageSinceMs };
  return { guard: { ...known, results, outageSinceMs }, finding: passed ? null : outageFinding(observation, figures), isOutage };
}

function hasBegun(known: GuardState, { share, failedTasks }: { readonly share: number; readonly failedTasks: number }): boolean {
  return failedTasks >= leastFailedTasks && share >= outageShare && share >= 3 * known.failureShare;
}

/** The plain mean at first, then exponentially weighted. */
function learnShare({ failureShare, count }: GuardState, passed: boolean): Pick<GuardState, 'failureShare' | 'count'> {
  const weight = Math.max(shareAlpha, 1 / (count + 1));
  return { failureShare: Math.fround(failureShare + weight * ((passed ? 0 : 1) - failureShare)), count: count + 1 };
}

interface OutageFigures {
  readonly failedTasks: number;
  readonly failed: number;
  readonly seen: number;
  readonly usual: number;
  readonly outageSinceMs: number;
}

function outageFinding(observation: Observation, figures: OutageFigures): Finding {
  const { tenantId, engine, namespace, workflow, runId, observationId } = observation;
  const subject: WorkloadKey = { tenantId, subject: 'task', engine, namespace, workflow, task: '', image: '', commandHash: '', executorClass: '' };
  const name = workflow || 'the workflow';
  const share = figures.failed / figures.seen;
  return {
    ...{ type: 'outage', severity: 'critical', cause: 'outage', subjectKeyId: workflowId(observation), subject, baselineKeyId: null, level: null },
    title: `${name}: most of its tasks fail`,
    text: `${figures.failedTasks} different tasks of ${name} fail together: ${figures.failed} of the last ${figures.seen} results (usually ${percentText(figures.usual)})`,
    ...{ expected: figures.usual, actual: share, deviation: figures.usual > 0 ? share / figures.usual : null, metric: 'failure_share', unit: '1' },
    ...{ observationId, runId, taskId: observation.taskId, evidence: [runId], sinceMs: figures.outageSinceMs, detectedAtMs: observation.observedAtMs },
  };
}

const version = 1;

export function encodeGuard({ results, failureShare, count, outageSinceMs }: GuardState): Uint8Array {
  const writer = new ByteWriter().unsigned(version).single(failureShare).unsigned(count).double(outageSinceMs).unsigned(results.length);
  for (const { task, failed, atMs } of results) writer.unsigned(task).unsigned(failed ? 1 : 0).double(atMs);
  return writer.bytes();
}

/** @throws ORRERY_VALIDATION when the bytes are not of this version. */
export function decodeGuard(bytes: Uint8Array): GuardState {
  const reader = new ByteReader(bytes);
  const found = reader.unsigned();
  if (found !== version) throw new OrreryError('ORRERY_VALIDATION', `outage guard has version ${found}, expected ${version}`);
  const [failureShare, count, outageSinceMs] = [reader.single(), reader.unsigned(), reader.double()];
  const results = Array.from({ length: reader.unsigned() }, () => ({ task: reader.unsigned(), failed: reader.unsigned() === 1, atMs: reader.double() }));
  return { results, failureShare, count, outageSinceMs };
}
