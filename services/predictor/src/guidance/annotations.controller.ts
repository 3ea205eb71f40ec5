import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { parseInput, parseJsonBody, Tenant, type Page } from '@orrery/http';
import { annotationBody, annotationListing, annotationParameters, annotationsQuery } from './guidance-inputs.js';
import { annotationView, type AnnotationView } from './guidance-views.js';
import { GuidanceService } from './guidance.service.js';

@Controller('api/v1/annotations')
export class AnnotationsController {
  constructor(@Inject(GuidanceService) private readonly guidance: GuidanceService) {}

  @Post()
  @HttpCode(200)
  async annotate(@Tenant() tenantId: string, @Body() body: unknown): Promise<AnnotationView> {
    return annotationView(await this.guidance.annotate(tenantId, parseJsonBody(annotationBody, body)));
  }

  @Get()
  async list(@Tenant() tenantId: string, @Query() given: unknown): Promise<Page<AnnotationView>> {
    const { limit, cursor, ...filter } = parseInput(annotationsQuery, given);
    const found = await this.guidance.annotations(tenantId, filter, annotationListing.placeOf(cursor), limit + 1);
    return annotationListing.page(found, { limit, placeOf: ({ atMs, annotationId }) => ({ atMs, id: annotationId }), viewOf: annotationView });
  }

  @Delete(':annotation_id')
  @HttpCode(204)
  async remove(@Tenant() tenantId: string, @Param() given: unknown): Promise<void> {
    await this.guidance.removeAnnotation(tenantId, parseInput(annotationParameters, given, 'path').annotation_id);
  }
}
