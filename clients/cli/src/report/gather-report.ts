import { ANOMALIES_PATH } from '../anomaly-lookup.js';
import { severities, type Anomaly, type AnomalyStatistics, type Baseline } from '../anomaly-shapes.js';
import type { ApiClient } from '../api-client.js';
import type { Page, Run } from '../api-shapes.js';
import { ifThere } from '../if-there.js';
import { readPages } from '../read-pages.js';
import { worstFirst } from '../view/anomaly-view.js';
import type { AnomalyFigures, DailyReport, FlakyTask, SeverityCounts } from './daily-report.js';
import { countRuns, slowestRuns } from './run-figures.js';

export interface Period {
  readonly from: string;
  readonly until: string;
}

const MOST_RUNS = 50_000;
const MOST_ANOMALIES = 5_000;
const MOST_BASELINES = 5_000;
const LISTED = 10;
const BASELINE_PAGE = 500;

/** Asks the platform for all that a report of a period tells. */
export async function gatherReport(client: ApiClient, { from, until }: Period): Promise<DailyReport> {
  const { items: runs, next_cursor: more } = await readPages<Run>(client, { path: '/api/v1/runs', query: { since: from, until }, limit: MOST_RUNS });
  // The API takes both ends as belonging to the period; a run at midnight belongs to one day only.
  const within = runs.filter((run) => Date.parse(placeOf(run)) < Date.parse(until));
  const baselines = (await ifThere(readRunBaselines(client, from))) ?? [];
  return {
    from,
    until,
    runs: countRuns(within, more === null),
    slowest: slowestRuns(within, baselines),
    anomalies: await gatherAnomalies(client, { from, until }),
  };
}

/** When a run stands in the list. */
function placeOf(run: Run): string {
  return run.started_at ?? run.queued_at ?? run.received_at;
}

/** The baselines of workflows that were learned since; older ones say nothing of these runs. */
async function readRunBaselines(client: ApiClient, since: string): Promise<readonly Baseline[]> {
  const baselines: Baseline[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<Baseline> = await client.get('/api/v1/baselines', { subject: 'run', limit: BASELINE_PAGE, cursor: cursor ?? undefined });
    baselines.push(...page.items);
    const oldest = page.items.at(-1)?.updated_at ?? null;
    cursor = oldest !== null && Date.parse(oldest) < Date.parse(since) ? null : page.next_cursor;
  } while (cursor !== null && baselines.length < MOST_BASELINES);
  return baselines;
}

/** What is not normal; null where the platform knows of no such thing. */
async function gatherAnomalies(client: ApiClient, { from, until }: Period): Promise<AnomalyFigures | null> {
  // What began in the period may have been seen since, and the list goes by when it was seen last.
  const fresh = await ifThere(readPages<Anomaly>(client, { path: ANOMALIES_PATH, query: { since: from }, limit: MOST_ANOMALIES }));
  if (fresh === undefined) return null;
  const open = await readPages<Anomaly>(client, { path: ANOMALIES_PATH, query: { status: 'unresolved' }, limit: MOST_ANOMALIES });
  const statistics = await client.get<AnomalyStatistics>(`${ANOMALIES_PATH}/statistics`, { since: from });
  const detected = fresh.items.filter(({ detected_at: at }) => at !== null && Date.parse(at) >= Date.parse(from) && Date.parse(at) < Date.parse(until));
  return {
    new: countBySeverity(detected),
    open: countBySeverity(open.items),
    new_items: worstFirst(detected).slice(0, LISTED),
    open_items: worstFirst(open.items).slice(0, LISTED),
    flaky: await readFlaky(client, open.items),
    false_positives: { count: statistics.false_positives, detected: statistics.detected, rate: statistics.false_positive_rate },
    is_complete: fresh.next_cursor === null && open.next_cursor === null,
  };
}

function countBySeverity(anomalies: readonly Anomaly[]): SeverityCounts {
  const counts = { critical: 0, warning: 0, info: 0 };
  for (const { severity } of anomalies) if (severities.includes(severity)) counts[severity] += 1;
  return counts;
}

/** What is flaky at present; whether quarantine is suggested stands in the baseline. */
async function readFlaky(client: ApiClient, open: readonly Anomaly[]): Promise<readonly FlakyTask[]> {
  const flaky: FlakyTask[] = [];
  for (const { anomaly_id: id, subject, text } of open.filter(({ type }) => type === 'flaky').slice(0, LISTED)) {
    const baseline = await ifThere(client.get<Baseline>(`/api/v1/baselines/${encodeURIComponent(subject.key_id)}`));
    flaky.push({ anomaly_id: id, key_id: subject.key_id, workflow: subject.workflow, task: subject.task, text, is_quarantine_suggested: baseline?.flakiness?.is_quarantine_suggested ?? false });
  }
  return flaky;
}
