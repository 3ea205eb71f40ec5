import { execute, milliseconds, moment, type Statement, type Transaction } from '@orrery/persistence';
import type { MadePrediction, PredictionOrigin, PredictionOutcome, PredictionTarget, ScoredPrediction } from '../domain/index.js';

/** A prediction on its way into the ledger; open ones have no outcome yet. */
export interface LedgerRow {
  readonly prediction: MadePrediction;
  readonly outcome: PredictionOutcome | null;
  /** The month that it lies in. */
  readonly bucket: string;
}

/** An open prediction, with the month that it lies in. */
export interface OpenPrediction {
  readonly prediction: MadePrediction;
  readonly bucket: string;
}

const given = {
  ...Object.fromEntries(['origin', 'workflow_id', 'workflow', 'engine', 'namespace', 'task', 'target', 'model', 'next_task', 'actual_next_task', 'grade'].map((name) => [name, 'text'])),
  ...Object.fromEntries(['p10', 'p50', 'p90', 'probability', 'actual', 'ape', 'pinball', 'brier'].map((name) => [name, 'double precision'])),
  ...{ is_covered: 'boolean', is_right: 'boolean', prediction_id: 'uuid', run_id: 'uuid', bucket: 'date', version: 'int', samples: 'bigint', level: 'smallint', reasons: 'text[]', floors: 'double precision[]' },
};
const names = Object.keys(given).join(', ');

// One parameter for all rows: with one for each of their columns, sending them took longer than making the predictions.
const add: Statement = {
  name: 'add predictions',
  text: `
    insert into prediction (tenant_id, made_at, scored_at, ${names})
    select $1, ${moment('made_at_ms')}, ${moment('scored_at_ms')}, ${names}
    from json_to_recordset($2::json) as r (${Object.entries(given).map(([name, type]) => `${name} ${type}`).join(', ')}, made_at_ms double precision, scored_at_ms double precision)
    on conflict do nothing`,
};
const atOnce = 500;

/** Adds predictions to the ledger; those that are in it stay as they are. Floors that had no answer are null there. */
export async function addPredictions(transaction: Transaction, tenantId: string, rows: readonly LedgerRow[]): Promise<void> {
  for (let from = 0; from < rows.length; from += atOnce) await execute(transaction, add, [tenantId, JSON.stringify(rows.slice(from, from + atOnce).map(toRow))]);
}

function toRow({ prediction, outcome, bucket }: LedgerRow): object {
  const { predictionId, origin, workflowId, workflow, task, runId, target, basis, madeAtMs, interval, probability, nextTask, reasons, floors } = prediction;
  return {
    ...{ prediction_id: predictionId, bucket, origin, workflow_id: workflowId, ...workflow, task, run_id: runId, target },
    ...{ model: basis.model, version: basis.version, samples: basis.samples, level: basis.level, made_at_ms: madeAtMs },
    ...{ p10: interval?.p10, p50: interval?.p50, p90: interval?.p90, probability, next_task: nextTask, reasons, floors },
    ...(outcome === null ? {} : { ...outcomeColumns(outcome), scored_at_ms: outcome.scoredAtMs }),
  };
}

function outcomeColumns({ scoredAtMs, actual, actualNextTask, ape, grade, pinball, isCovered, brier, isRight }: PredictionOutcome): object {
  return { actual, actual_next_task: actualNextTask, scored_at: scoredAtMs, ape, grade, pinball, is_covered: isCovered, brier, is_right: isRight };
}

interface OpenRow {
  readonly prediction_id: string;
  readonly bucket: string;
  readonly origin: PredictionOrigin;
  readonly workflow_id: string;
  readonly workflow: string;
  readonly engine: string;
  readonly namespace: string;
  readonly task: string;
  readonly run_id: string | null;
  readonly target: PredictionTarget;
  readonly model: string;
  readonly version: number;
  readonly samples: string;
  readonly level: 0 | 3 | 4;
  readonly made_at_ms: number;
  readonly p10: number | null;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly probability: number | null;
  readonly next_task: string | null;
  readonly reasons: readonly string[] | null;
  readonly floors: readonly (number | null)[] | null;
}

const shown = `
  prediction_id, to_char(bucket, 'YYYY-MM-DD') as bucket, origin, workflow_id, workflow, engine, namespace, task, run_id, target, model, version, samples, level,
  ${milliseconds('made_at')} as made_at_ms, p10, p50, p90, probability, next_task, reasons, floors`;

const open: Statement = {
  name: 'open predictions',
  text: `select ${shown} from prediction where tenant_id = $1 and scored_at is null and run_id = any($2::uuid[]) order by prediction_id limit 10000 for update`,
};
// One row after the other would cost a round trip each; a batch has few of them.
const close: Statement = {
  name: 'score predictions',
  text: `
    update prediction p set
      actual = (s.row ->> 'actual')::double precision, actual_next_task = s.row ->> 'actual_next_task',
      scored_at = timestamptz 'epoch' + (s.row ->> 'scored_at')::double precision * interval '1 ms',
      ape = (s.row ->> 'ape')::double precision, grade = s.row ->> 'grade', pinball = (s.row ->> 'pinball')::double precision,
      is_covered = (s.row ->> 'is_covered')::boolean, brier = (s.row ->> 'brier')::double precision, is_right = (s.row ->> 'is_right')::boolean
    from unnest($1::uuid[], $2::date[], $3::jsonb[]) as s (prediction_id, bucket, row)
    where p.prediction_id = s.prediction_id and p.bucket = s.bucket`,
};

/** What was asked about runs and has not been held against what happened. */
export async function lockOpenPredictions(transaction: Transaction, tenantId: string, runIds: readonly string[]): Promise<readonly OpenPrediction[]> {
  const rows = await execute<OpenRow>(transaction, open, [tenantId, runIds]);
  return rows.map((row) => ({ bucket: row.bucket, prediction: fromRow(row) }));
}

function fromRow(row: OpenRow): MadePrediction {
  const { p10, p50, p90 } = row;
  return {
    ...{ predictionId: row.prediction_id, origin: row.origin, workflowId: row.workflow_id, task: row.task, runId: row.run_id, target: row.target, madeAtMs: row.made_at_ms },
    workflow: { engine: row.engine, namespace: row.namespace, workflow: row.workflow },
    basis: { model: row.model, version: row.version, samples: Number(row.samples), level: row.level },
    interval: p10 === null || p50 === null || p90 === null ? null : { p10, p50, p90 },
    ...{ probability: row.probability, nextTask: row.next_task, reasons: row.reasons ?? [], floors: (row.floors ?? []).map((floor) => floor ?? Number.NaN) },
  };
}

/** Writes what became of open predictions. */
export async function closePredictions(transaction: Transaction, scored: readonly (ScoredPrediction & { readonly bucket: string })[]): Promise<void> {
  if (scored.length === 0) return;
  const rows = scored.map(({ outcome }) => JSON.stringify(outcomeColumns(outcome)));
  await execute(transaction, close, [scored.map(({ prediction }) => prediction.predictionId), scored.map(({ bucket }) => bucket), rows]);
}

