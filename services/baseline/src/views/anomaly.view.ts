import { z } from 'zod';
import { findingTypes, type Anomaly } from '../domain/index.js';
import { iso, subjectSchema } from './baseline.view.js';

const time = z.string().describe('ISO 8601 in UTC');

export const anomalySchema = z
  .object({
    anomaly_id: z.string(),
    type: z.enum(findingTypes),
    severity: z.enum(['info', 'warning', 'critical']).describe('The worst so far'),
    status: z.enum(['open', 'acknowledged', 'resolved']),
    title: z.string(),
    text: z.string().describe('One sentence for a person'),
    subject: subjectSchema,
    baseline: z.object({ key_id: z.string(), level: z.int() }).nullable().describe('What it was judged by'),
    cause: z.string().describe('Stable name of what is wrong'),
    metric: z.string(),
    expected: z.number().nullable(),
    actual: z.number().nullable(),
    deviation: z.number().nullable().describe('In robust standard deviations or, where there are none, as a multiple of the expected'),
    unit: z.string().describe('UCUM'),
    count: z.int().describe('How often it was seen'),
    since: time.describe('When the first thing that is not normal happened'),
    detected_at: time,
    last_detected_at: time,
    run_ids: z.array(z.string()).describe('Evidence, oldest first'),
    acknowledged_at: time.nullable(),
    acknowledged_by: z.string().nullable(),
    muted_until: time.nullable(),
    resolution: z.object({ kind: z.enum(['normal_returned', 'person', 'false_positive', 'lapsed']), at: time, by: z.string().nullable(), note: z.string().nullable() }).nullable(),
  })
  .meta({ id: 'Anomaly' });

export type AnomalyView = z.output<typeof anomalySchema>;

/** An anomaly in the words of the API. */
export function anomalyView(anomaly: Anomaly): AnomalyView {
  const { anomalyId, type, severity, status, title, text, cause, metric, expected, actual, deviation, unit, count, baselineKeyId, level, resolution } = anomaly;
  const { subject, engine, namespace, workflow, task, image, commandHash, executorClass } = anomaly.subject;
  return {
    ...{ anomaly_id: anomalyId, type, severity, status, title, text },
    subject: { key_id: anomaly.subjectKeyId, subject, engine, namespace, workflow, task, image, command_hash: commandHash, executor_class: executorClass },
    baseline: baselineKeyId === null || level === null ? null : { key_id: baselineKeyId, level },
    ...{ cause, metric, expected, actual, deviation, unit, count },
    ...{ since: iso(anomaly.sinceMs), detected_at: iso(anomaly.detectedAtMs), last_detected_at: iso(anomaly.lastDetectedAtMs), run_ids: [...anomaly.evidence] },
    acknowledged_at: isoOrNull(anomaly.acknowledgedAtMs),
    acknowledged_by: anomaly.acknowledgedBy || null,
    muted_until: isoOrNull(anomaly.mutedUntilMs),
    resolution: resolution === null ? null : { kind: resolution.kind, at: iso(resolution.atMs), by: resolution.by || null, note: resolution.note || null },
  };
}

function isoOrNull(atMs: number | null): string | null {
  return atMs === null ? null : iso(atMs);
}

const typeCounts = z.object({ detected: z.int(), false_positives: z.int() });

export const statisticsSchema = z
  .object({
    detected: z.int(),
    open: z.int(),
    acknowledged: z.int(),
    resolved: z.int(),
    false_positives: z.int(),
    false_positive_rate: z.number().nullable().describe('Of what was detected; null when nothing was'),
    by_type: z.record(z.string(), typeCounts),
    observations: z.int().describe('Ends of runs and tasks that were judged, in whole hours'),
  })
  .meta({ id: 'AnomalyStatistics' });

export type StatisticsView = z.output<typeof statisticsSchema>;

const share = z.number().describe('flagged / observations; 0 when there are none');

export const previewSchema = z
  .object({
    observations: z.int().describe('Those that have the metric, 10,000 at most'),
    flagged: z.int(),
    share,
    examples: z
      .array(z.object({ run_id: z.string(), at: time, actual: z.number(), expected: z.number().nullable(), deviation: z.number().nullable().describe('In robust standard deviations') }))
      .describe('The latest 20'),
    with_current: z.object({ flagged: z.int(), share }).describe('What the rules as they are would have flagged for this metric'),
  })
  .meta({ id: 'RulePreview' });

export type PreviewView = z.output<typeof previewSchema>;
