import { z } from 'zod';

export const runParameters = z.strictObject({ run_id: z.uuid().toLowerCase() });

const moment = z.iso.datetime({ offset: true, error: 'expected ISO 8601 with a zone, for example 2024-05-01T12:00:00Z' }).transform((text) => Date.parse(text));

export const runPredictionQuery = z.strictObject({ deadline: moment.optional().describe('How likely the run ends later than that is told too') });
