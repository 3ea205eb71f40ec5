import { isOrreryError } from '@orrery/errors';
import type { IncomingPayload, MappedEvent, MappingContext } from './source-event.js';

/**
 * Maps a JSON value by what it looks like. Mappers of envelopes are given it for what they carry, so that they need not know
 * every format; a value of no known format gives nothing, or events of the format `unrecognised`.
 */
export type MapJson = (value: unknown, payload: IncomingPayload, context: MappingContext) => readonly MappedEvent[];

/** Maps what an envelope carries; undefined when no format knows it. */
export function mapCarried(mapJson: MapJson, value: unknown, payload: IncomingPayload, context: MappingContext): readonly MappedEvent[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  try {
    const mapped = mapJson(value, payload, context);
    return mapped.some(({ format }) => format !== 'unrecognised') ? mapped : undefined;
  } catch (error) {
    if (isOrreryError(error)) return undefined;
    throw error;
  }
}
