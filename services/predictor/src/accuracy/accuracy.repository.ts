import { execute, milliseconds, moment, type Statement, type Transaction } from '@orrery/persistence';
import type { AccuracyKey, AccuracySums, PredictionOrigin, PredictionTarget } from '../domain/index.js';

/** Which scores; absent means any. */
export interface AccuracyFilter {
  readonly workflow: string | undefined;
  readonly target: PredictionTarget | undefined;
  /** Weeks that begin then or later, and predictions that were scored then or later. */
  readonly sinceMs: number;
}

export interface AccuracyEntry {
  readonly key: AccuracyKey;
  readonly sums: AccuracySums;
}

const sums: Statement = {
  name: 'accuracy sums',
  text: `
    select workflow_id as "workflowId", engine, namespace, workflow, task, target, origin, model, version, to_char(week, 'YYYY-MM-DD') as week,
      count::double precision, excellent::double precision, good::double precision, fair::double precision, poor::double precision,
      ape_sum as "apeSum", pinball_sum as "pinballSum", covered::double precision, brier_sum as "brierSum", right_count::double precision as "rightCount",
      floor_counts as "floorCounts", floor_hits as "floorHits", floor_ape_sums as "floorApeSums", floor_pinball_sums as "floorPinballSums"
    from accuracy
    where tenant_id = $1 and ($2::text is null or workflow = $2) and ($3::text is null or target = $3) and week > (${moment('$4')})::date - 7
    order by workflow, workflow_id, task, target, week desc limit 50000`,
};

/** Sums of scores by workflow, task, model and week. */
export async function findAccuracy(transaction: Transaction, tenantId: string, { workflow, target, sinceMs }: AccuracyFilter): Promise<readonly AccuracyEntry[]> {
  const rows = await execute<AccuracyKey & AccuracySums>(transaction, sums, [tenantId, workflow ?? null, target ?? null, sinceMs]);
  return rows.map(({ workflowId, engine, namespace, workflow: name, task, target: of, origin, model, version, week, ...rest }) => ({
    key: { workflowId, engine, namespace, workflow: name, task, target: of, origin, model, version, week },
    sums: rest,
  }));
}

export interface MedianError {
  readonly target: PredictionTarget;
  readonly origin: PredictionOrigin;
  readonly medianApe: number | null;
}

/** Scored predictions that the report looks at one by one: the latest. */
export const latestScored = 30_000;

const latest = `
  select target, origin, ape, pinball, floors, actual, scored_at, prediction_id from prediction
  where tenant_id = $1 and scored_at is not null and ape is not null and ($2::text is null or workflow = $2) and scored_at >= ${moment('$3')}
  order by scored_at desc, prediction_id desc limit ${latestScored}`;

const medians: Statement = { name: 'median errors', text: `select target, origin, percentile_cont(0.5) within group (order by ape) as "medianApe" from (${latest}) l group by target, origin` };

export async function findMedianErrors(transaction: Transaction, tenantId: string, { workflow, sinceMs }: AccuracyFilter): Promise<readonly MedianError[]> {
  return await execute<MedianError>(transaction, medians, [tenantId, workflow ?? null, sinceMs]);
}

/** A third of the latest scored predictions of durations, the oldest first. */
export interface Third {
  readonly third: number;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly count: number;
  readonly within25: number;
  readonly medianApe: number;
  readonly pinball: number;
  /** In the order of `floorNames`: the share within 25 %, of those that the rule had an answer for. */
  readonly floorShares: readonly (number | null)[];
}

const thirds: Statement = {
  name: 'thirds of scores',
  text: `
    with split as (select *, ntile(3) over (order by scored_at, prediction_id) as third from (${latest}) l where target = 'duration' and origin = 'tracked')
    select third::int, ${milliseconds('min(scored_at)')} as "fromMs", ${milliseconds('max(scored_at)')} as "untilMs", count(*)::int as count,
      (count(*) filter (where ape <= 0.25))::int as within25, percentile_cont(0.5) within group (order by ape) as "medianApe", avg(pinball) as pinball,
      array[${[1, 2, 3, 4].map((place) => `(avg((abs(floors[${place}] - actual) <= 0.25 * actual)::int) filter (where floors[${place}] <> 'NaN'))::double precision`).join(', ')}] as "floorShares"
    from split group by third order by third`,
};

export async function findThirds(transaction: Transaction, tenantId: string, { workflow, sinceMs }: AccuracyFilter): Promise<readonly Third[]> {
  return await execute<Third>(transaction, thirds, [tenantId, workflow ?? null, sinceMs]);
}

export interface WorkflowDrift {
  readonly workflowId: string;
  readonly sinceMs: number;
  readonly quick: number;
  readonly steady: number;
}

const drifting: Statement = {
  name: 'drifting workflows',
  text: `
    select workflow_id as "workflowId", (state #>> '{drift,sinceMs}')::double precision as "sinceMs",
      (state #>> '{drift,quick,mean}')::double precision as quick, (state #>> '{drift,steady,mean}')::double precision as steady
    from workflow_state where tenant_id = $1 and subject = 'task' and state #>> '{drift,sinceMs}' is not null and ($2::text is null or workflow = $2)`,
};

/** Workflows whose predictions have become worse than they used to be. */
export async function findDrifting(transaction: Transaction, tenantId: string, workflow: string | undefined): Promise<readonly WorkflowDrift[]> {
  return await execute<WorkflowDrift>(transaction, drifting, [tenantId, workflow ?? null]);
}
