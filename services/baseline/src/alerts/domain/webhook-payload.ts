import { gravest } from './alertable-anomaly.js';
import type { AlertMessage } from './alert-message.js';

export const alertEventType = 'orrery.anomaly.detected.v1';

/**
 * A message as a CloudEvent in structured JSON; the same text at every attempt.
 *
 * Source: CloudEvents 1.0.2, JSON event format.
 */
export function webhookBody({ deliveryId, tenantId, routeId, routeName, createdAtMs, alerts, isTest }: AlertMessage): string {
  return JSON.stringify({
    specversion: '1.0',
    id: deliveryId,
    source: 'urn:orrery:baseline',
    type: alertEventType,
    time: new Date(createdAtMs).toISOString(),
    datacontenttype: 'application/json',
    data: {
      tenant_id: tenantId,
      route_id: routeId,
      route_name: routeName,
      is_test: isTest,
      severity: gravest(alerts),
      alerts: alerts.map(({ kind, anomaly }) => ({ change: kind, anomaly })),
    },
  });
}
