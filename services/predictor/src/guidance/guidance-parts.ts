import type { Provider, Type } from '@nestjs/common';
import type { OpenApiFragment } from '@orrery/http';
import type { Database } from '@orrery/persistence';
import { AnnotationsController } from './annotations.controller.js';
import { guidanceOpenApi } from './guidance-openapi.js';
import { GuidanceReader } from './guidance-reader.js';
import { GuidanceService } from './guidance.service.js';
import { PredictionModesController } from './prediction-modes.controller.js';

export interface GuidanceOptions {
  /** The schema `predictor` with its migrations. */
  readonly database: Database;
  /** @default Date.now */
  readonly now?: () => number;
}

/** What a Nest module takes over, and what others read guidance from. */
export interface GuidanceParts {
  readonly controllers: readonly Type[];
  readonly providers: readonly Provider[];
  readonly reader: GuidanceReader;
  readonly openApi: OpenApiFragment;
}

/**
 * Builds annotations and modes on a service's database.
 *
 * @example
 * const guidance = guidanceParts({ database });
 * return { module, controllers: [...guidance.controllers], providers: [...guidance.providers] };
 */
export function guidanceParts({ database, now = Date.now }: GuidanceOptions): GuidanceParts {
  const reader = new GuidanceReader(now);
  return {
    controllers: [AnnotationsController, PredictionModesController],
    providers: [{ provide: GuidanceService, useValue: new GuidanceService(database, reader, now) }],
    reader,
    openApi: guidanceOpenApi,
  };
}
