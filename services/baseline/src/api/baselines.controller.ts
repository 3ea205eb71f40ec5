import { Controller, Delete, Get, HttpCode, Inject, Param, Query } from '@nestjs/common';
import { parseInput, Tenant, type Page } from '@orrery/http';
import { BaselineReaderService } from '../baseline-reader.service.js';
import { baselineView, historyPointView, type BaselineDetailView, type BaselineForView, type BaselineView, type HistoryPointView } from '../views/baseline.view.js';
import { baselineForQuery, baselinesQuery, historyQuery, keyParameters } from './inputs.js';
import { listings } from './listings.js';

@Controller('api/v1/baselines')
export class BaselinesController {
  constructor(@Inject(BaselineReaderService) private readonly baselines: BaselineReaderService) {}

  @Get()
  async list(@Tenant() tenantId: string, @Query() given: unknown): Promise<Page<BaselineView>> {
    const { limit, cursor, q, ...exact } = parseInput(baselinesQuery, given);
    const found = await this.baselines.list(tenantId, { ...exact, text: q }, listings.baselines.placeOf(cursor), limit + 1);
    return listings.baselines.page(found, { limit, placeOf: ({ keyId, state }) => ({ atMs: state.lastUpdatedMs, id: keyId }), viewOf: baselineView });
  }

  @Get('for')
  async answer(@Tenant() tenantId: string, @Query() given: unknown): Promise<BaselineForView> {
    const { task = '', image = '', command_hash: commandHash = '', executor_class: executorClass = '', workflow, engine, namespace } = parseInput(baselineForQuery, given);
    const subject = task === '' ? 'run' : 'task';
    const { key, baseline } = await this.baselines.findFor({ tenantId, subject, engine, namespace, workflow, task, image, commandHash, executorClass });
    const asked = { subject, engine: key.engine, namespace: key.namespace, workflow, task, image, command_hash: commandHash, executor_class: executorClass } as const;
    return { asked, answered_by: baseline === null ? null : baselineView(baseline) };
  }

  @Get(':key_id')
  async detail(@Tenant() tenantId: string, @Param() parameters: unknown): Promise<BaselineDetailView> {
    const { baseline, coarser, isStale } = await this.baselines.find(tenantId, keyIdIn(parameters));
    return { ...baselineView(baseline), coarser: coarser.map(({ keyId, level, count }) => ({ key_id: keyId, level, count })), is_stale: isStale };
  }

  @Delete(':key_id')
  @HttpCode(204)
  async forget(@Tenant() tenantId: string, @Param() parameters: unknown): Promise<void> {
    await this.baselines.forget(tenantId, keyIdIn(parameters));
  }

  @Get(':key_id/history')
  async history(@Tenant() tenantId: string, @Param() parameters: unknown, @Query() given: unknown): Promise<Page<HistoryPointView>> {
    const { since, limit, cursor } = parseInput(historyQuery, given);
    const before = listings.baselineHistory.placeOf(cursor)?.atMs;
    const points = await this.baselines.history(tenantId, keyIdIn(parameters), { sinceMs: since ?? 0, beforeMs: before, limit: limit + 1 });
    return listings.baselineHistory.page(points, { limit, placeOf: ({ atMs }) => ({ atMs }), viewOf: historyPointView });
  }
}

function keyIdIn(parameters: unknown): string {
  return parseInput(keyParameters, parameters, 'path').key_id;
}
