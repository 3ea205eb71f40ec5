import { Body, Controller, Get, HttpCode, Inject, Post, Query } from '@nestjs/common';
import { Listing, pageCursor, pageLimit, pageSchema, parseInput, parseJsonBody, Tenant, type Operation, type Page } from '@orrery/http';
import { z } from 'zod';
import { fallbacks } from '../domain/index.js';
import { decideBody } from './decide-request.js';
import { DecidingService } from './deciding.service.js';
import { decidedSchema, decidedView, decisionSchema, type DecidedView, type DecisionView } from './decision.view.js';
import type { DecisionPlace } from './decision.repository.js';
import { DecisionsService } from './decisions.service.js';
import { readQuestion } from './read-question.js';

const name = z.string().min(1).max(1000).optional();

const decisionsQuery = z.strictObject({
  run_id: name.describe('Decisions that gave the run something, or would have by the heuristic'),
  scheduler: name,
  policy: name.describe('Name of the policy that decided'),
  fallback: z.enum(['any', 'none', ...fallbacks]).optional().describe('any: the heuristic stood in, for whatever reason'),
  limit: pageLimit(50, 500),
  cursor: pageCursor,
});

const listing = new Listing<DecisionPlace>('decisions', z.object({ atMs: z.number(), id: z.uuid() }));

export const decidingOperations: readonly Operation[] = [
  { path: '/api/v1/schedule/decide', method: 'post', id: 'decideSchedule', summary: 'What to start next on the free slots: the state in, assignments out, with what the heuristic would have done beside', body: decideBody, response: decidedSchema },
  { path: '/api/v1/schedule/decisions', method: 'get', id: 'listScheduleDecisions', summary: 'What was decided, the latest first', query: decisionsQuery, response: pageSchema(decisionSchema) },
];

@Controller('api/v1/schedule')
export class DecisionsController {
  constructor(
    @Inject(DecidingService) private readonly deciding: DecidingService,
    @Inject(DecisionsService) private readonly decisions: DecisionsService,
  ) {}

  @Post('decide')
  @HttpCode(200)
  async decide(@Tenant() tenantId: string, @Body() body: unknown): Promise<DecidedView> {
    return decidedView(await this.deciding.decide(tenantId, readQuestion(parseJsonBody(z.unknown(), body), this.deciding.nowMs(), 'body')));
  }

  @Get('decisions')
  async list(@Tenant() tenantId: string, @Query() given: unknown): Promise<Page<DecisionView>> {
    const { limit, cursor, run_id: runId, ...filter } = parseInput(decisionsQuery, given);
    const found = await this.decisions.list(tenantId, { ...filter, runId }, listing.placeOf(cursor), limit + 1);
    return listing.page(found, {
      limit,
      placeOf: ({ decidedAtMs, decision: { decision_id: id } }) => ({ atMs: decidedAtMs, id }),
      viewOf: ({ decision }) => decision,
    });
  }
}
