import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { parseInput, parseJsonBody, Tenant, type Page } from '@orrery/http';
import { choiceBody, kindParameters, modelListing, modelParameters, modelsQuery, slotQuery } from './model-inputs.js';
import { modelCardView, modelView, rollbackView, type ModelCardView, type ModelView, type RollbackView } from './model-views.js';
import { ModelService } from './model.service.js';

@Controller('api/v1/models')
export class ModelsController {
  constructor(@Inject(ModelService) private readonly models: ModelService) {}

  @Get()
  async list(@Tenant() tenantId: string, @Query() given: unknown): Promise<Page<ModelView>> {
    const { limit, cursor, ...filter } = parseInput(modelsQuery, given);
    const found = await this.models.list(tenantId, filter, modelListing.placeOf(cursor), limit + 1);
    return modelListing.page(found, { limit, placeOf: ({ createdAtMs, kind, scope, version }) => ({ atMs: createdAtMs, kind, scope, version }), viewOf: modelView });
  }

  @Get(':kind/:version')
  async card(@Tenant() tenantId: string, @Param() given: unknown, @Query() query: unknown): Promise<ModelCardView> {
    const { kind, version } = parseInput(modelParameters, given, 'path');
    return modelCardView(await this.models.find(tenantId, { kind, ...parseInput(slotQuery, query) }, version));
  }

  @Post(':kind/:version/promote')
  @HttpCode(200)
  async promote(@Tenant() tenantId: string, @Param() given: unknown, @Query() query: unknown, @Body() body: unknown): Promise<ModelCardView> {
    const { kind, version } = parseInput(modelParameters, given, 'path');
    const { by = tenantId, note } = parseJsonBody(choiceBody, body);
    return modelCardView(await this.models.promote(tenantId, { kind, ...parseInput(slotQuery, query) }, version, { by, note }));
  }

  @Post(':kind/rollback')
  @HttpCode(200)
  async rollback(@Tenant() tenantId: string, @Param() given: unknown, @Query() query: unknown, @Body() body: unknown): Promise<RollbackView> {
    const { kind } = parseInput(kindParameters, given, 'path');
    const { by = tenantId, note } = parseJsonBody(choiceBody, body);
    return rollbackView(await this.models.rollback(tenantId, { kind, ...parseInput(slotQuery, query) }, { by, note }));
  }
}
