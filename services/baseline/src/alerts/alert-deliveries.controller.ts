import { Controller, Get, Inject, Query } from '@nestjs/common';
import { parseInput, Tenant, type Page } from '@orrery/http';
import { AlertDeliveryService } from './alert-delivery.service.js';
import { deliveries, deliveriesQuery } from './alert-inputs.js';
import { alertDeliveryView, type AlertDeliveryView } from './alert-views.js';

@Controller('api/v1/alert-deliveries')
export class AlertDeliveriesController {
  constructor(@Inject(AlertDeliveryService) private readonly service: AlertDeliveryService) {}

  @Get()
  async list(@Tenant() tenantId: string, @Query() given: unknown): Promise<Page<AlertDeliveryView>> {
    const { status, route_id: routeId, limit, cursor } = parseInput(deliveriesQuery, given);
    const found = await this.service.list(tenantId, { status, routeId, limit: limit + 1, after: deliveries.placeOf(cursor) });
    return deliveries.page(found, { limit, placeOf: ({ createdAtMs, deliveryId }) => ({ createdAtMs, deliveryId }), viewOf: alertDeliveryView });
  }
}
