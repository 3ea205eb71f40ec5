import { Listing, pageCursor, pageLimit } from '@orrery/http';
import { z } from 'zod';
import { deliveryStatuses, type DeliveryPlace } from './alert-delivery.repository.js';

const routeId = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'expected lower case letters, digits, - and _, at most 63');

export const routeParameters = z.strictObject({ route_id: routeId });

export const deliveriesQuery = z.strictObject({
  status: z.enum(deliveryStatuses).optional(),
  route_id: routeId.optional(),
  limit: pageLimit(50, 500),
  cursor: pageCursor,
});

/** The list of deliveries. */
export const deliveries = new Listing<DeliveryPlace>('alert deliveries', z.object({ createdAtMs: z.int(), deliveryId: z.uuid() }));
