import { Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { WebhookSecrets } from '@orrery/auth';
import type { FastifyRequest } from 'fastify';
import { acceptanceOf, type Acceptance } from './acceptance.js';
import type { Format } from './domain/source-event.js';
import { payloadOf, withRequestSpan } from './incoming-request.js';
import { IngestService } from './ingest.service.js';

@Controller('api/v1/webhooks')
export class WebhooksController {
  constructor(
    private readonly ingest: IngestService,
    @Inject(WebhookSecrets) private readonly githubSecrets: WebhookSecrets,
  ) {}

  /** Where secrets are configured, the signature over the raw bytes is the credential and names the tenant. */
  @Post('github')
  @HttpCode(202)
  github(@Req() request: FastifyRequest): Promise<Acceptance> {
    if (this.githubSecrets.areConfigured) {
      const signature = request.headers['x-hub-signature-256'];
      request.tenantId = this.githubSecrets.tenantOf(payloadOf(request).body, typeof signature === 'string' ? signature : undefined);
    }
    return this.accept(request, 'github');
  }

  /** Workflow objects, watch events and argo-events envelopes. */
  @Post('argo')
  @HttpCode(202)
  argo(@Req() request: FastifyRequest): Promise<Acceptance> {
    return this.accept(request);
  }

  @Post('prefect')
  @HttpCode(202)
  prefect(@Req() request: FastifyRequest): Promise<Acceptance> {
    return this.accept(request, 'prefect');
  }

  @Post('kestra')
  @HttpCode(202)
  kestra(@Req() request: FastifyRequest): Promise<Acceptance> {
    return this.accept(request, 'kestra');
  }

  @Post('temporal')
  @HttpCode(202)
  temporal(@Req() request: FastifyRequest): Promise<Acceptance> {
    return this.accept(request, 'temporal');
  }

  private accept(request: FastifyRequest, format?: Format): Promise<Acceptance> {
    return withRequestSpan(request, async () => acceptanceOf(await this.ingest.accept(payloadOf(request, format), request.tenantId)));
  }
}
