import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { acceptanceOf, type Acceptance } from './acceptance.js';
import type { Format } from './domain/source-event.js';
import { payloadOf, withRequestSpan } from './incoming-request.js';
import { IngestService } from './ingest.service.js';

@Controller('api/v1')
export class EventsController {
  constructor(private readonly ingest: IngestService) {}

  @Post('events')
  @HttpCode(202)
  events(@Req() request: FastifyRequest): Promise<Acceptance> {
    return this.accept(request);
  }

  /** The path that OpenLineage clients use by default; they expect 201. */
  @Post('lineage')
  @HttpCode(201)
  lineage(@Req() request: FastifyRequest): Promise<Acceptance> {
    return this.accept(request, 'openlineage');
  }

  private accept(request: FastifyRequest, format?: Format): Promise<Acceptance> {
    return withRequestSpan(request, async () => acceptanceOf(await this.ingest.accept(payloadOf(request, format), request.tenantId)));
  }
}
