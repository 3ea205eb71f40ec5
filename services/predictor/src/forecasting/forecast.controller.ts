import { Controller, Get, Inject, Query, Res } from '@nestjs/common';
import { parseInput, Tenant } from '@orrery/http';
import { ForecastService } from './forecast.service.js';
import { capacityQuery, seriesQuery } from './forecast-inputs.js';
import { capacityCsv, capacityView, seriesView, type CapacityView, type SeriesView } from './forecast.view.js';

/** What of the reply is set beside the answer. */
interface Reply {
  header(name: string, value: string): unknown;
}

@Controller('api/v1/forecast')
export class ForecastController {
  constructor(@Inject(ForecastService) private readonly forecasts: ForecastService) {}

  @Get()
  async capacity(@Tenant() tenantId: string, @Query() given: unknown, @Res({ passthrough: true }) reply: Reply): Promise<CapacityView | string> {
    const { format, price_per_hour: pricePerHour, ...asked } = parseInput(capacityQuery, given);
    const answer = await this.forecasts.capacity(tenantId, { ...asked, pricePerHour });
    if (format === 'json') return capacityView(asked, answer);
    reply.header('content-type', 'text/csv; charset=utf-8');
    return capacityCsv(answer);
  }

  @Get('series')
  async series(@Tenant() tenantId: string, @Query() given: unknown): Promise<SeriesView> {
    return seriesView(await this.forecasts.series(tenantId, parseInput(seriesQuery, given)));
  }
}
