import { z } from 'zod';
import { floorNames, predictionTargets } from '../domain/index.js';

const share = z.number().min(0).max(1);
const verdict = z.enum(['target', 'warning', 'critical']).nullable().describe('Above 80 %, 60 to 80 %, or below; null while nothing was scored');

export const floorSchema = z.object({
  name: z.enum(floorNames),
  count: z.number().int().describe('Predictions that the rule had an answer for'),
  within_25: share,
  mean_ape: z.number(),
  pinball: z.number().describe('Of its one answer, taken as the median'),
});

const rowShape = {
  target: z.enum(predictionTargets),
  origin: z.enum(['asked', 'tracked']).describe('tracked: for every execution, from what was known when it began; asked: by somebody, beforehand'),
  count: z.number().int(),
  excellent: z.number().int().describe('Within 10 % of what happened'),
  good: z.number().int().describe('Within 25 %'),
  fair: z.number().int().describe('Within 50 %'),
  poor: z.number().int(),
  within_25: share.nullable(),
  mean_ape: z.number().nullable(),
  median_ape: z.number().nullable(),
  pinball: z.number().nullable().describe('Mean loss of p10, p50 and p90, divided by what happened'),
  coverage80: share.nullable().describe('Share of what happened between p10 and p90'),
  brier: z.number().nullable(),
  accuracy: share.nullable(),
  floors: z.array(floorSchema).describe('What plain rules would have said of the same executions'),
};

export const accuracyRowSchema = z.object(rowShape);

export const workflowAccuracySchema = z.object({
  workflow_id: z.string(),
  engine: z.string(),
  namespace: z.string(),
  workflow: z.string(),
  score: share.nullable(),
  verdict,
  count: z.number().int(),
  drift: z.object({ since: z.string(), ratio: z.number().describe('How many times as wrong as usual') }).nullable(),
  tasks: z.array(z.object({ ...rowShape, task: z.string().describe('Empty for the run as a whole'), model: z.string(), version: z.number().int() })),
});

export const accuracyReportSchema = z
  .object({
    score: share.nullable().describe('Share of tracked predictions of durations within 25 % of what happened'),
    verdict,
    scored: z.number().int(),
    by_target: z.array(accuracyRowSchema),
    workflows: z.array(workflowAccuracySchema),
    weeks: z.array(z.object({ week: z.string().describe('Its Monday (UTC)'), target: z.enum(predictionTargets), count: z.number().int(), within_25: share.nullable(), pinball: z.number().nullable(), accuracy: share.nullable() })),
    thirds: z
      .array(
        z.object({
          third: z.number().int(),
          from: z.string(),
          until: z.string(),
          count: z.number().int(),
          within_25: share,
          median_ape: z.number(),
          pinball: z.number(),
          floors: z.array(z.object({ name: z.enum(floorNames), within_25: share.nullable() })),
        }),
      )
      .describe('The latest 30,000 tracked predictions of durations in three parts, the oldest first'),
    improvement: z.number().nullable().describe('Share within 25 % in the last third less that in the first'),
  })
  .meta({ id: 'AccuracyReport' });

export type FloorView = z.output<typeof floorSchema>;
export type AccuracyRowView = z.output<typeof accuracyRowSchema>;
export type WorkflowAccuracyView = z.output<typeof workflowAccuracySchema>;
export type AccuracyReportView = z.output<typeof accuracyReportSchema>;
