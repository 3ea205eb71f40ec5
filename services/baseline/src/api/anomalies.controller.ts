import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { parseInput, parseJsonBody, Tenant, type Page } from '@orrery/http';
import { AnomalyService, type AnomalyStatistics, type PersonsAction } from '../anomaly.service.js';
import type { AnomalyStatus } from '../domain/index.js';
import { anomalyView, type AnomalyView, type StatisticsView } from '../views/anomaly.view.js';
import { anomaliesQuery, anomalyParameters, muteBody, noteBody, statisticsQuery } from './inputs.js';
import { listings } from './listings.js';

const usualPeriodMs = 30 * 24 * 3_600_000;

@Controller('api/v1/anomalies')
export class AnomaliesController {
  constructor(@Inject(AnomalyService) private readonly anomalies: AnomalyService) {}

  @Get()
  async list(@Tenant() tenantId: string, @Query() given: unknown): Promise<Page<AnomalyView>> {
    const { limit, cursor, status, run_id: runId, key_id: keyId, since, until, ...exact } = parseInput(anomaliesQuery, given);
    const filter = { ...exact, statuses: statusesOf(status), runId, keyId, sinceMs: since, untilMs: until };
    const found = await this.anomalies.list(tenantId, filter, listings.anomalies.placeOf(cursor), limit + 1);
    return listings.anomalies.page(found, { limit, placeOf: ({ lastDetectedAtMs, anomalyId }) => ({ atMs: lastDetectedAtMs, id: anomalyId }), viewOf: anomalyView });
  }

  @Get('statistics')
  async statistics(@Tenant() tenantId: string, @Query() given: unknown): Promise<StatisticsView> {
    const { since = Date.now() - usualPeriodMs } = parseInput(statisticsQuery, given);
    return statisticsView(await this.anomalies.statistics(tenantId, since));
  }

  @Get(':anomaly_id')
  async detail(@Tenant() tenantId: string, @Param() parameters: unknown): Promise<AnomalyView> {
    return anomalyView(await this.anomalies.find(tenantId, anomalyIdIn(parameters)));
  }

  @Post(':anomaly_id/acknowledge')
  @HttpCode(200)
  acknowledge(@Tenant() tenantId: string, @Param() parameters: unknown, @Body() body: unknown): Promise<AnomalyView> {
    return this.act(tenantId, parameters, { action: 'acknowledge', ...parseJsonBody(noteBody, body) });
  }

  @Post(':anomaly_id/resolve')
  @HttpCode(200)
  resolve(@Tenant() tenantId: string, @Param() parameters: unknown, @Body() body: unknown): Promise<AnomalyView> {
    return this.act(tenantId, parameters, { action: 'resolve', ...parseJsonBody(noteBody, body) });
  }

  @Post(':anomaly_id/mute')
  @HttpCode(200)
  mute(@Tenant() tenantId: string, @Param() parameters: unknown, @Body() body: unknown): Promise<AnomalyView> {
    const { until, for_s: forS = 0, ...said } = parseJsonBody(muteBody, body);
    return this.act(tenantId, parameters, { action: 'mute', ...said, untilMs: until ?? Date.now() + forS * 1000 });
  }

  @Post(':anomaly_id/false-positive')
  @HttpCode(200)
  falsePositive(@Tenant() tenantId: string, @Param() parameters: unknown, @Body() body: unknown): Promise<AnomalyView> {
    return this.act(tenantId, parameters, { action: 'false_positive', ...parseJsonBody(noteBody, body) });
  }

  private async act(tenantId: string, parameters: unknown, said: Omit<PersonsAction, 'by'> & { readonly by?: string | undefined }): Promise<AnomalyView> {
    return anomalyView(await this.anomalies.act(tenantId, anomalyIdIn(parameters), { ...said, by: said.by ?? tenantId }));
  }
}

function anomalyIdIn(parameters: unknown): string {
  return parseInput(anomalyParameters, parameters, 'path').anomaly_id;
}

function statusesOf(status: AnomalyStatus | 'unresolved' | undefined): readonly AnomalyStatus[] | undefined {
  if (status === undefined) return undefined;
  return status === 'unresolved' ? ['open', 'acknowledged'] : [status];
}

function statisticsView({ counts, observations }: AnomalyStatistics): StatisticsView {
  const sum = (matching: (count: AnomalyStatistics['counts'][number]) => boolean) => counts.filter(matching).reduce((total, { count }) => total + count, 0);
  const isFalse = ({ resolution }: { readonly resolution: string }) => resolution === 'false_positive';
  const detected = sum(() => true);
  const falsePositives = sum(isFalse);
  const types = [...new Set(counts.map(({ type }) => type))].sort();
  return {
    detected,
    ...{ open: sum(({ status }) => status === 'open'), acknowledged: sum(({ status }) => status === 'acknowledged'), resolved: sum(({ status }) => status === 'resolved') },
    false_positives: falsePositives,
    false_positive_rate: detected === 0 ? null : falsePositives / detected,
    by_type: Object.fromEntries(types.map((type) => [type, { detected: sum((count) => count.type === type), false_positives: sum((count) => count.type === type && isFalse(count)) }])),
    observations,
  };
}
