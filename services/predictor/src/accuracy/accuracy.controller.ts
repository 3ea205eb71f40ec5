import { Controller, Get, Inject, Query } from '@nestjs/common';
import { parseInput, Tenant, type Operation } from '@orrery/http';
import { z } from 'zod';
import { predictionTargets } from '../domain/index.js';
import { AccuracyService } from './accuracy.service.js';
import { accuracyReportSchema, type AccuracyReportView } from './accuracy.view.js';

const accuracyQuery = z.strictObject({
  workflow: z.string().min(1).max(500).optional().describe('Absent for all'),
  target: z.enum(predictionTargets).optional().describe('Absent for all'),
  since: z
    .union([z.iso.datetime({ offset: true }), z.iso.date()])
    .transform((text) => Date.parse(text))
    .optional()
    .describe('Scored then or later; sums go by whole weeks'),
});

export const accuracyOperations: readonly Operation[] = [
  { path: '/api/v1/accuracy', method: 'get', id: 'getAccuracy', summary: 'How good predictions have been, with what plain rules would have said beside them', query: accuracyQuery, response: accuracyReportSchema },
];

@Controller('api/v1/accuracy')
export class AccuracyController {
  constructor(@Inject(AccuracyService) private readonly accuracy: AccuracyService) {}

  @Get()
  async report(@Tenant() tenantId: string, @Query() given: unknown): Promise<AccuracyReportView> {
    const { workflow, target, since = 0 } = parseInput(accuracyQuery, given);
    return await this.accuracy.report(tenantId, { workflow, target, sinceMs: since });
  }
}
