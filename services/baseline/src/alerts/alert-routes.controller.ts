import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Put } from '@nestjs/common';
import { OrreryError } from '@orrery/errors';
import { parseInput, parseJsonBody, Tenant } from '@orrery/http';
import { routeParameters } from './alert-inputs.js';
import { AlertRouteService } from './alert-route.service.js';
import { alertRouteView, alertTestView, type AlertRouteView, type AlertTestView } from './alert-views.js';
import { alertRouteBody } from './domain/alert-route.js';

@Controller('api/v1/alert-routes')
export class AlertRoutesController {
  constructor(@Inject(AlertRouteService) private readonly routes: AlertRouteService) {}

  @Get()
  async list(@Tenant() tenantId: string): Promise<{ readonly items: readonly AlertRouteView[] }> {
    return { items: (await this.routes.list(tenantId)).map(alertRouteView) };
  }

  @Get(':route_id')
  async find(@Tenant() tenantId: string, @Param() given: unknown): Promise<AlertRouteView> {
    return alertRouteView(await this.routes.find(tenantId, routeIdOf(given)));
  }

  @Put(':route_id')
  async save(@Tenant() tenantId: string, @Param() given: unknown, @Body() bytes: unknown): Promise<AlertRouteView> {
    const routeId = routeIdOf(given);
    const body = parseJsonBody(alertRouteBody, bytes);
    if (body.route_id !== undefined && body.route_id !== routeId) throw new OrreryError('ORRERY_VALIDATION', `body.route_id: expected ${routeId} as in the path, or nothing`);
    return alertRouteView(await this.routes.save(tenantId, routeId, body));
  }

  @Delete(':route_id')
  @HttpCode(204)
  async remove(@Tenant() tenantId: string, @Param() given: unknown): Promise<void> {
    await this.routes.remove(tenantId, routeIdOf(given));
  }

  @Post(':route_id/test')
  @HttpCode(200)
  async test(@Tenant() tenantId: string, @Param() given: unknown): Promise<AlertTestView> {
    return alertTestView(await this.routes.test(tenantId, routeIdOf(given)));
  }
}

function routeIdOf(given: unknown): string {
  return parseInput(routeParameters, given, 'path').route_id;
}
