import { z } from 'zod';

const word = z.string().min(1).max(1000);
const place = {
  engine: z.string().max(1000).optional().describe('Any when absent'),
  namespace: z.string().max(1000).optional().describe('As engine'),
};

const longestHours = 720;
const longestMinutes = 1440;

export const capacityQuery = z.strictObject({
  workflow: word.optional().describe('All workflows together when absent'),
  ...place,
  hours: z.coerce.number().int().min(1).max(longestHours).default(168).describe('How far ahead'),
  price_per_hour: z.coerce.number().min(0).max(1_000_000).optional().describe('What an hour of load costs, in USD; what it cost so far when absent'),
  format: z.enum(['json', 'csv']).default('json').describe('csv: the hours alone, as text/csv'),
});

export const seriesQuery = z.strictObject({
  workflow: word,
  ...place,
  metric: word,
  task: z.string().max(1000).optional().describe('Empty for the run as a whole; whichever was read last when absent'),
  attributes: z.string().max(4000).optional().describe('JSON object of what tells series of the metric apart; whichever was read last when absent'),
  minutes: z.coerce.number().int().min(1).max(longestMinutes).default(60).describe('How far ahead'),
});
