import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { parseInput, parseJsonBody, Tenant, type Page } from '@orrery/http';
import { experimentListing, experimentParameters, experimentsQuery, startBody, stopBody } from './experiment-inputs.js';
import { experimentView, reportView, type ExperimentReportView, type ExperimentView } from './experiment-views.js';
import { ExperimentService } from './experiment.service.js';

@Controller('api/v1/schedule/experiments')
export class ExperimentsController {
  constructor(@Inject(ExperimentService) private readonly experiments: ExperimentService) {}

  @Post()
  @HttpCode(200)
  async start(@Tenant() tenantId: string, @Body() body: unknown): Promise<ExperimentReportView> {
    return reportView(await this.experiments.start(tenantId, parseJsonBody(startBody, body)));
  }

  @Get()
  async list(@Tenant() tenantId: string, @Query() given: unknown): Promise<Page<ExperimentView>> {
    const { limit, cursor, ...filter } = parseInput(experimentsQuery, given);
    const found = await this.experiments.list(tenantId, filter, experimentListing.placeOf(cursor), limit + 1);
    return experimentListing.page(found, { limit, placeOf: ({ startedMs, experimentId }) => ({ startedMs, id: experimentId }), viewOf: experimentView });
  }

  @Get(':experiment_id')
  async find(@Tenant() tenantId: string, @Param() given: unknown): Promise<ExperimentReportView> {
    return reportView(await this.experiments.find(tenantId, parseInput(experimentParameters, given, 'path').experiment_id));
  }

  @Post(':experiment_id/stop')
  @HttpCode(200)
  async stop(@Tenant() tenantId: string, @Param() given: unknown, @Body() body: unknown): Promise<ExperimentReportView> {
    return reportView(await this.experiments.stop(tenantId, parseInput(experimentParameters, given, 'path').experiment_id, parseJsonBody(stopBody, body)));
  }
}
