import type { Provider, Type } from '@nestjs/common';
import type { Database } from '@orrery/persistence';
import type { NetworkTrainer } from '../networks/index.js';
import { ForecastController } from './forecast.controller.js';
import { ForecastService } from './forecast.service.js';
import { ForecastThread } from './forecast-thread.js';
import { SeriesNetworks } from './series-networks.js';

export interface ForecastingOptions {
  /** The service's schema. */
  readonly database: Database;
  /** @default Date.now */
  readonly now?: () => number;
  /** Trains networks for series that somebody asks about; without it, none are. */
  readonly trainer?: NetworkTrainer | undefined;
  /** @default nobody is told */
  readonly warn?: (details: Readonly<Record<string, unknown>>, message: string) => void;
}

/** What a Nest module takes over, and what runs beside it, which it stops. */
export interface ForecastingParts {
  readonly controllers: readonly Type[];
  readonly providers: readonly Provider[];
  /** Ends forecasts and trainings in hand; whoever waits for one is told so. */
  stop(): Promise<void>;
}

/**
 * Builds the forecasts on the predictor's database. Their routes are described by `forecastOpenApi`; `learnArrivals` and `learnSamples` feed them.
 *
 * @example
 * const forecasting = forecastingParts({ database, now, trainer: workerTrainer('auto') });
 * return { module, controllers: [...forecasting.controllers], providers: [...forecasting.providers] };
 */
export function forecastingParts({ database, now = Date.now, trainer, warn = () => undefined }: ForecastingOptions): ForecastingParts {
  const thread = new ForecastThread();
  const networks = trainer === undefined ? undefined : new SeriesNetworks({ trainer, thread, warn });
  return {
    controllers: [ForecastController],
    providers: [{ provide: ForecastService, useValue: new ForecastService(database, thread, now, networks) }],
    stop: async () => {
      await networks?.stop();
      await thread.stop();
    },
  };
}
