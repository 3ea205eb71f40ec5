import { Direction, Outcome, SampleKind, Status } from '@orrery/contracts';
import { z } from 'zod';
import { toIso, type Microseconds } from '../domain/instant.js';
import type { FailureCause } from '../domain/progress.js';
import { maxShownText } from '../domain/values.js';

export const statusWords = ['queued', 'running', 'paused', 'finished'] as const;
export const outcomeWords = ['success', 'failure', 'error', 'timeout', 'cancellation', 'skip', 'unknown'] as const;
export type StatusWord = (typeof statusWords)[number];
export type OutcomeWord = (typeof outcomeWords)[number];

const statusByWord: Readonly<Record<StatusWord, Status>> = { queued: Status.QUEUED, running: Status.RUNNING, paused: Status.PAUSED, finished: Status.FINISHED };
const outcomeByWord: Readonly<Record<OutcomeWord, Outcome>> = {
  success: Outcome.SUCCESS,
  failure: Outcome.FAILURE,
  error: Outcome.ERROR,
  timeout: Outcome.TIMEOUT,
  cancellation: Outcome.CANCELLATION,
  skip: Outcome.SKIP,
  unknown: Outcome.UNKNOWN,
};
const wordByStatus = new Map(Object.entries(statusByWord).map(([word, status]) => [status, word as StatusWord]));
const wordByOutcome = new Map(Object.entries(outcomeByWord).map(([word, outcome]) => [outcome, word as OutcomeWord]));

export function statusOfWord(word: StatusWord): Status {
  return statusByWord[word];
}

export function outcomeOfWord(word: OutcomeWord): Outcome {
  return outcomeByWord[word];
}

/** Null while nothing was told; a number of a later protocol counts as nothing told. */
export function statusWord(status: Status): StatusWord | null {
  return wordByStatus.get(status) ?? null;
}

/** Null while nothing was told; a number of a later protocol counts as unknown. */
export function outcomeWord(outcome: Outcome): OutcomeWord | null {
  return outcome === Outcome.UNSPECIFIED ? null : (wordByOutcome.get(outcome) ?? 'unknown');
}

export function directionWord(direction: Direction): 'input' | 'output' | null {
  if (direction === Direction.INPUT) return 'input';
  return direction === Direction.OUTPUT ? 'output' : null;
}

export function kindWord(kind: SampleKind): 'gauge' | 'sum' | null {
  if (kind === SampleKind.GAUGE) return 'gauge';
  return kind === SampleKind.SUM ? 'sum' : null;
}

export function isoOrNull(microseconds: Microseconds | null): string | null {
  return microseconds === null ? null : toIso(microseconds);
}

export const timeSchema = z.iso.datetime().nullable().describe('ISO 8601 in UTC with a fraction; null when nobody told it');
export const statusSchema = z.enum(statusWords).nullable();
export const outcomeSchema = z.enum(outcomeWords).nullable();
export const directionSchema = z.enum(['input', 'output']).nullable();
export const textSchema = z.string().nullable();
export const durationSchema = z.number().min(0).nullable().describe('Milliseconds');
export const labelsSchema = z.record(z.string(), z.string());
export const attributesSchema = z.record(z.string(), z.unknown()).describe('What the producer said beyond the other fields');

export const errorSchema = z.object({ type: textSchema, message: textSchema, exit_code: z.int().nullable() }).nullable().describe('Why it did not succeed');
export type ErrorView = z.output<typeof errorSchema>;

export function errorView(cause: FailureCause | null): ErrorView {
  return cause === null ? null : { type: cause.type, message: cause.message, exit_code: cause.exitCode };
}

/** Attributes as an object; what is no object stands under `value`, what was too long to show under `truncated`. */
export function attributesView(text: string | null): Record<string, unknown> {
  if (text === null) return {};
  if (text.length > maxShownText) return { truncated: text.slice(0, maxShownText) };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { value: text };
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : { value };
}

/** A text with an ellipsis where it was cut. */
export function textView(text: string | null): string | null {
  return text !== null && text.length > maxShownText ? `${text.slice(0, maxShownText)}…` : text;
}
