import type { PastExecution } from '../../domain/boosted/index.js';
import type { RawExample } from '../example-pages.js';

/** A row as {@link RawExample} has it, as numbers. */
export function parseExample(row: RawExample): PastExecution {
  const [exampleId, workflowId, runId, task, startedAtMs, finishedAtMs, features, failureFeatures, referenceMs, referenceBytes, durationMs, peakMemoryBytes, outcome, floors] = row;
  return {
    ...{ exampleId: exampleId ?? '', workflowId: workflowId ?? '', runId: runId ?? '', task: task ?? '', outcome: outcome ?? '' },
    ...{ startedAtMs: numberOf(startedAtMs), finishedAtMs: numberOf(finishedAtMs) },
    ...{ features: Float32Array.from(numbersOf(features)), failureFeatures: Float32Array.from(numbersOf(failureFeatures)) },
    ...{ referenceMs: numberOf(referenceMs), referenceBytes: numberOf(referenceBytes), durationMs: numberOf(durationMs), peakMemoryBytes: numberOf(peakMemoryBytes) },
    floorsMs: numbersOf(floors),
  };
}

function numberOf(text: string | null | undefined): number {
  return text === null || text === undefined ? Number.NaN : Number(text);
}

/** An array of PostgreSQL, {1.5,NaN,NULL}. */
function numbersOf(text: string | null | undefined): readonly number[] {
  if (text === null || text === undefined || text.length <= 2) return [];
  return text.slice(1, -1).split(',').map(Number);
}
