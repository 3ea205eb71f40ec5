import { pageCursor, pageLimit } from '@orrery/http';
import { z } from 'zod';
import { findingTypes } from '../domain/index.js';
import { ruleMetrics } from '../preview.service.js';

const isoMoment = z.iso.datetime({ offset: true, error: 'expected ISO 8601 with a zone, for example 2024-05-01T12:00:00Z' });
const moment = isoMoment.transform((text) => Date.parse(text));
const word = z.string().min(1).max(1000);
const note = z.string().max(2000).optional();
const by = z.string().min(1).max(200).optional().describe('Who did it; the tenant when absent');
const id = z.string().regex(/^[0-9a-f-]{32,36}$/, 'expected an id as the API gives it');

export const severityWords = ['info', 'warning', 'critical'] as const;
export const statusWords = ['open', 'acknowledged', 'resolved'] as const;

export const keyParameters = z.strictObject({ key_id: id });
export const anomalyParameters = z.strictObject({ anomaly_id: id });

export const baselinesQuery = z.strictObject({
  workflow: word.optional(),
  task: word.optional(),
  engine: word.optional(),
  subject: z.enum(['run', 'task']).optional(),
  q: word.optional().describe("Part of the workflow's or task's name, the namespace or the image"),
  limit: pageLimit(50, 500),
  cursor: pageCursor,
});

export const baselineForQuery = z.strictObject({
  workflow: word,
  task: word.optional().describe('Absent for the run as a whole'),
  image: word.optional(),
  command_hash: word.optional(),
  executor_class: word.optional(),
  engine: z.string().max(1000).optional().describe('The first that has such a workflow when absent'),
  namespace: z.string().max(1000).optional().describe('As engine'),
});

export const historyQuery = z.strictObject({ since: moment.optional(), limit: pageLimit(200, 1000), cursor: pageCursor });

export const anomaliesQuery = z.strictObject({
  status: z.enum([...statusWords, 'unresolved']).optional().describe('unresolved: open or acknowledged'),
  type: z.enum(findingTypes).optional(),
  severity: z.enum(severityWords).optional(),
  workflow: word.optional(),
  task: word.optional(),
  run_id: z.uuid().toLowerCase().optional(),
  key_id: id.optional(),
  since: moment.optional().describe('Last detected then or later'),
  until: moment.optional().describe('Last detected before'),
  limit: pageLimit(50, 500),
  cursor: pageCursor,
});

export const statisticsQuery = z.strictObject({ since: moment.optional().describe('Opened then or later; 30 days ago when absent') });

export const noteBody = z.strictObject({ note, by });

export const muteBody = z
  .strictObject({
    until: moment.optional(),
    for_s: z
      .number()
      .min(0)
      .max(10 * 365 * 86_400)
      .optional(),
    note,
    by,
  })
  .refine(({ until, for_s: forS }) => (until === undefined) !== (forS === undefined), { message: 'expected either until or for_s' });

export const previewBody = z.strictObject({
  workflow: word,
  task: word.optional().describe('Absent for all: runs for duration and queue_time, tasks for the rest'),
  engine: word.optional(),
  metric: z.enum(ruleMetrics),
  threshold: z.number().positive().max(1000).describe('Robust standard deviations above the median'),
  since: moment.optional(),
});
