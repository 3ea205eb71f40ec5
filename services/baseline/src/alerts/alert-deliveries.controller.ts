import { Controller, Get, Inject, Query } from '@nestjs/common';
import { parseInput } from '@orrery/http';
import { AlertDeliveryService } from './alert-delivery.service.js';
import { cursorOf, deliveriesQuery, placeOfCursor } from './alert-inputs.js';
import { Tenant } from './alert-tenant.js';
import { alertDeliveryView, type AlertDeliveryView } from './alert-views.js';

@Controller('api/v1/alert-deliveries')
export class AlertDeliveriesController {
  constructor(@Inject(AlertDeliveryService) private readonly service: AlertDeliveryService) {}

  @Get()
  async list(@Tenant() tenantId: string, @Query() given: unknown): Promise<{ readonly items: readonly AlertDeliveryView[]; readonly next_cursor: string | null }> {
    const { status, route_id: routeId, limit, cursor } = parseInput(deliveriesQuery, given);
    const { deliveries, isMore } = await this.service.list(tenantId, { status, routeId, limit, after: placeOfCursor(cursor) });
    const last = deliveries.at(-1);
    return { items: deliveries.map(alertDeliveryView), next_cursor: isMore && last !== undefined ? cursorOf(last) : null };
  }
}
