import type { MessageInitShape } from '@bufbuild/protobuf';
import type { GenMessage } from '@bufbuild/protobuf/codegenv2';
import {
  Outcome,
  Status,
  type ArtifactSchema,
  type ExecutionEventSchema,
  type FailureSchema,
  type MessageSchema,
  type RunSchema,
  type SampleSchema,
  type TaskSchema,
} from '@orrery/contracts';

/** A message as it is written down here: never a finished one, so that statements can be spread into each other. */
type Statement<Schema> = Schema extends GenMessage<infer Finished> ? Exclude<MessageInitShape<Schema>, Finished> : never;

export type RunStatement = Statement<typeof RunSchema> & { readonly runId: string };
export type TaskStatement = Statement<typeof TaskSchema>;
export type EventStatement = Statement<typeof ExecutionEventSchema>;
export type ArtifactStatement = Statement<typeof ArtifactSchema>;
export type MessageStatement = Statement<typeof MessageSchema>;
export type SampleStatement = Statement<typeof SampleSchema>;
export type FailureStatement = Statement<typeof FailureSchema>;

/** Where something stands and, once it ended, how; both absent when the engine's word says neither. */
export interface Standing {
  readonly status?: Status;
  readonly outcome?: Outcome;
}

export const queued: Standing = { status: Status.QUEUED };
export const running: Standing = { status: Status.RUNNING };
export const paused: Standing = { status: Status.PAUSED };

/** Finished in the given way. */
export function finished(outcome: Outcome): Standing {
  return { status: Status.FINISHED, outcome };
}

/** Tells whether something ended in a way that somebody has to look at. */
export function isTrouble(standing: Standing): boolean {
  return standing.outcome === Outcome.FAILURE || standing.outcome === Outcome.ERROR || standing.outcome === Outcome.TIMEOUT;
}

/** Why something did not succeed; undefined when nothing at all is known. */
export function failureOf(type: string | undefined, message?: string, exitCode?: number): FailureStatement | undefined {
  if (type === undefined && message === undefined && exitCode === undefined) return undefined;
  return { type: type ?? '', message: message ?? '', exitCode: isInt32(exitCode) ? exitCode : undefined };
}

/** Protobuf refuses a whole message for one number that does not fit its field. */
export function isInt32(value: number | undefined): value is number {
  return value !== undefined && Number.isInteger(value) && value >= -0x8000_0000 && value <= 0x7fff_ffff;
}
