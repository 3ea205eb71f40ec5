import { OrreryError } from '@orrery/errors';
import { z } from 'zod';
import { deliveryStatuses, type DeliveryPlace } from './alert-delivery.repository.js';

const routeId = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'expected lower case letters, digits, - and _, at most 63');

export const routeParameters = z.strictObject({ route_id: routeId });

export const deliveriesQuery = z.strictObject({
  status: z.enum(deliveryStatuses).optional(),
  route_id: routeId.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(1000).optional().describe('next_cursor of the page before'),
});

const place = z.tuple([z.int(), z.uuid()]);

/** Writes a place in the list of deliveries as a cursor. */
export function cursorOf({ createdAtMs, deliveryId }: DeliveryPlace): string {
  return Buffer.from(JSON.stringify([createdAtMs, deliveryId])).toString('base64url');
}

/** @throws ORRERY_VALIDATION when the list did not give out such a cursor. */
export function placeOfCursor(cursor: string | undefined): DeliveryPlace | undefined {
  if (cursor === undefined) return undefined;
  const parsed = place.safeParse(jsonOf(cursor));
  if (!parsed.success) throw new OrreryError('ORRERY_VALIDATION', 'query.cursor: this listing did not give out such a cursor');
  const [createdAtMs, deliveryId] = parsed.data;
  return { createdAtMs, deliveryId };
}

function jsonOf(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
