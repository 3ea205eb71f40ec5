import { Listing } from '@orrery/http';
import { z } from 'zod';
import type { Place } from '../storage/place.js';

const place: z.ZodType<Place> = z.object({ atUs: z.int(), id: z.uuid() });

export const listings = {
  runs: new Listing('runs', place),
  timeline: new Listing('timeline', place),
  artifacts: new Listing('artifacts', place),
  messages: new Listing('messages', place),
  samples: new Listing('samples', place),
  deadLetters: new Listing('dead letters', z.object({ topic: z.string(), from: z.array(z.tuple([z.int().min(0), z.string().regex(/^\d{1,18}$/)])) })),
};
