import type { Provider, Type } from '@nestjs/common';
import type { Database } from '@orrery/persistence';
import { ForecastController } from './forecast.controller.js';
import { ForecastService } from './forecast.service.js';
import { ForecastThread } from './forecast-thread.js';

export interface ForecastingOptions {
  /** The service's schema. */
  readonly database: Database;
  /** @default Date.now */
  readonly now?: () => number;
}

/** What a Nest module takes over, and the thread, which it stops. */
export interface ForecastingParts {
  readonly controllers: readonly Type[];
  readonly providers: readonly Provider[];
  /** Ends the thread; whoever waits for a forecast is told so. */
  stop(): Promise<void>;
}

/**
 * Builds the forecasts on the predictor's database. Their routes are described by `forecastOpenApi`; `learnArrivals` and `learnSamples` feed them.
 *
 * @example
 * const forecasting = forecastingParts({ database, now });
 * return { module, controllers: [...forecasting.controllers], providers: [...forecasting.providers] };
 */
export function forecastingParts({ database, now = Date.now }: ForecastingOptions): ForecastingParts {
  const thread = new ForecastThread();
  return {
    controllers: [ForecastController],
    providers: [{ provide: ForecastService, useValue: new ForecastService(database, thread, now) }],
    stop: () => thread.stop(),
  };
}
