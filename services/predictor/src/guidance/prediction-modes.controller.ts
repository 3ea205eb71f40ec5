import { Body, Controller, Delete, Get, HttpCode, Inject, Put, Query } from '@nestjs/common';
import { parseInput, parseJsonBody, Tenant, type Page } from '@orrery/http';
import { modeBody, modeKeyQuery, modeListing, modesQuery } from './guidance-inputs.js';
import { modeView, type ModeView } from './guidance-views.js';
import { GuidanceService } from './guidance.service.js';
import { modeIdOf } from './prediction-mode.repository.js';

@Controller('api/v1/prediction-modes')
export class PredictionModesController {
  constructor(@Inject(GuidanceService) private readonly guidance: GuidanceService) {}

  @Put()
  async set(@Tenant() tenantId: string, @Body() body: unknown): Promise<ModeView> {
    return modeView(await this.guidance.setMode(tenantId, parseJsonBody(modeBody, body)));
  }

  @Get()
  async list(@Tenant() tenantId: string, @Query() given: unknown): Promise<Page<ModeView>> {
    const { limit, cursor, ...filter } = parseInput(modesQuery, given);
    const found = await this.guidance.modes(tenantId, filter, modeListing.placeOf(cursor), limit + 1);
    return modeListing.page(found, { limit, placeOf: (setting) => ({ atMs: setting.atMs, id: modeIdOf(setting) }), viewOf: modeView });
  }

  @Delete()
  @HttpCode(204)
  async remove(@Tenant() tenantId: string, @Query() given: unknown): Promise<void> {
    await this.guidance.removeMode(tenantId, parseInput(modeKeyQuery, given));
  }
}
