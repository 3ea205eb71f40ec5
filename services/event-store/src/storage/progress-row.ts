import type { Outcome, Status } from '@orrery/contracts';
import type { Microseconds } from '../domain/instant.js';
import type { FailureCause, FailureClaim, Progress } from '../domain/progress.js';
import { fieldMap, type Row, type RowDraft } from './field-map.js';

/** Progress as a table keeps it, each part in a column. */
interface FlatProgress {
  readonly status: Status | null;
  readonly statusAtUs: Microseconds | null;
  readonly outcome: Outcome | null;
  readonly outcomeAtUs: Microseconds | null;
  readonly failure: FailureCause | null;
  readonly lastFailure: FailureClaim | null;
  readonly queuedAtUs: Microseconds | null;
  readonly startedAtUs: Microseconds | null;
  readonly finishedAtUs: Microseconds | null;
}

const fields = fieldMap<FlatProgress, keyof FlatProgress>({
  status: 'smallint',
  statusAtUs: 'instant',
  outcome: 'smallint',
  outcomeAtUs: 'instant',
  failure: 'json',
  lastFailure: 'json',
  queuedAtUs: 'instant',
  startedAtUs: 'instant',
  finishedAtUs: 'instant',
});

export const progressColumns = fields.columns;

export function fillProgress(row: RowDraft, { status, ending, lastFailure, queuedAtUs, startedAtUs, finishedAtUs }: Progress): void {
  fields.fill(row, {
    status: status?.status ?? null,
    statusAtUs: status === null || status.atUs === 0 ? null : status.atUs,
    outcome: ending?.outcome ?? null,
    outcomeAtUs: ending?.atUs ?? null,
    failure: ending?.failure ?? null,
    lastFailure,
    queuedAtUs,
    startedAtUs,
    finishedAtUs,
  });
}

export function fromProgressRow(row: Row): Progress {
  const { status, statusAtUs, outcome, outcomeAtUs, failure, ...rest } = fields.fromRow(row);
  return {
    status: status === null ? null : { status, atUs: statusAtUs ?? 0 },
    ending: outcome === null ? null : { outcome, atUs: outcomeAtUs, failure },
    ...rest,
  };
}
