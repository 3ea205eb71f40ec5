import { Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { OrreryError } from '@orrery/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { flagsOf } from './acceptance.js';
import { exportAnswer } from './domain/otlp/export-answer.js';
import { rejectedCountOf } from './domain/otlp/otlp-mapper.js';
import type { OtlpFormat } from './domain/otlp/otlp-request.js';
import { payloadOf, withRequestSpan } from './incoming-request.js';
import { IngestMetrics } from './ingest.metrics.js';
import { IngestService } from './ingest.service.js';
import { otlpMediaTypeOf } from './otlp-answer.js';

/** OTLP/HTTP as the OpenTelemetry protocol specification has it: the answer is in the encoding of the request. */
@Controller('v1')
export class OtlpController {
  constructor(
    private readonly ingest: IngestService,
    @Inject(IngestMetrics) private readonly metrics: IngestMetrics,
  ) {}

  @Post('traces')
  @HttpCode(200)
  traces(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.accept(request, reply, 'otlp_traces');
  }

  @Post('metrics')
  @HttpCode(200)
  metricPoints(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.accept(request, reply, 'otlp_metrics');
  }

  @Post('logs')
  @HttpCode(200)
  logs(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.accept(request, reply, 'otlp_logs');
  }

  private async accept(request: FastifyRequest, reply: FastifyReply, format: OtlpFormat): Promise<void> {
    const mediaType = otlpMediaTypeOf(request.headers['content-type']);
    if (mediaType === undefined) {
      throw new OrreryError('ORRERY_VALIDATION', 'the content type has to be application/x-protobuf or application/json', { details: { httpStatus: 415 } });
    }
    const events = await withRequestSpan(request, () => this.ingest.accept(payloadOf(request, format), request.tenantId));
    const rejectedCount = rejectedCountOf(flagsOf(events));
    if (rejectedCount > 0) this.metrics.countRejected('invalid_ids', rejectedCount);
    await reply.type(mediaType).send(Buffer.from(exportAnswer(format, mediaType === 'application/json', rejectedCount).body));
  }
}
