import { Listing } from '@orrery/http';
import { z } from 'zod';
import type { Place } from '../storage/baseline.repository.js';

const place: z.ZodType<Place> = z.object({ atMs: z.number(), id: z.string().max(100) });

export const listings = {
  baselines: new Listing('baselines', place),
  baselineHistory: new Listing('baseline history', z.object({ atMs: z.number() })),
  anomalies: new Listing('anomalies', place),
};
