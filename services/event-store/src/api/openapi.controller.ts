import { Controller, Get, Inject } from '@nestjs/common';

/** What `GET /api/v1/openapi.json` answers. */
export class OpenApiDocument {
  constructor(readonly content: Readonly<Record<string, unknown>>) {}
}

@Controller('api/v1')
export class OpenApiController {
  constructor(@Inject(OpenApiDocument) private readonly document: OpenApiDocument) {}

  @Get('openapi.json')
  openApi(): Readonly<Record<string, unknown>> {
    return this.document.content;
  }
}
