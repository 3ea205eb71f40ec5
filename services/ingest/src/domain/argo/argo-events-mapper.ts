import { OrreryError } from '@orrery/errors';
import { hasClusterObjects, mapClusterObjects } from '../cluster-object-mapper.js';
import { contentIdOf } from '../content-id.js';
import { at, first, isRecord, list, record, text, timeMs, type JsonRecord } from '../json-reading.js';
import { mapCarried, type MapJson } from '../map-json.js';
import type { IncomingPayload, MappedEvent, Mapper } from '../source-event.js';

/**
 * Maps the envelope of Argo Events, `{context, data}`: what its body holds - a Workflow, a webhook's payload - is mapped as that.
 *
 * @param mapJson maps the body by what it looks like
 * @throws ORRERY_VALIDATION, when called, for a value without `context.type`, `context.source` and `data`.
 */
export function argoEventsMapper(mapJson: MapJson): Mapper {
  return (value, payload, context) => {
    const head = record(value, 'context');
    const type = text(head, 'type');
    const source = text(head, 'source');
    const data = contentOf(at(value, 'data'));
    if (head === undefined || type === undefined || source === undefined || data === undefined) {
      throw new OrreryError('ORRERY_VALIDATION', 'not of Argo Events: expected context.type, context.source and data');
    }
    const body = contentOf(at(data, 'body')) ?? data;
    const inner = { ...payload, headers: { ...payload.headers, ...headersOf(data) } };
    const object = observed(data, body);
    const carried = hasClusterObjects(object) ? mapClusterObjects(object, inner, context) : mapCarried(mapJson, body, inner, context);
    const envelope: MappedEvent = {
      format: 'argo_events',
      formatVersion: first(text(head, 'specversion'), text(head, 'specVersion')),
      type,
      source,
      externalId: first(text(head, 'id'), text(head, 'eventID')) ?? contentIdOf(value),
      subject: text(head, 'subject'),
      occurredAtMs: timeMs(head, 'time'),
      executions: [],
    };
    if (carried === undefined) return [envelope];
    return [{ ...envelope, executions: carried.flatMap(({ executions }) => executions), flags: carried.flatMap(({ flags = [] }) => flags) }];
  };
}

/** Data is bytes to Argo Events: JSON in it is often Base64, or JSON as a text. */
function contentOf(given: unknown): unknown {
  if (typeof given !== 'string') return given;
  return parsed(given) ?? parsed(Buffer.from(given, 'base64').toString()) ?? given;
}

function parsed(json: string): unknown {
  if (!/^\s*[[{]/.test(json)) return undefined;
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined;
  }
}

const watchWords: ReadonlyMap<string, string> = new Map([
  ['ADD', 'ADDED'],
  ['UPDATE', 'MODIFIED'],
  ['DELETE', 'DELETED'],
]);

/** A resource source says of an object what a watch does, in words of its own. */
function observed(data: unknown, body: unknown): unknown {
  const change = text(data, 'type');
  if (!isRecord(body) || body.metadata === undefined || change === undefined) return body;
  return { type: watchWords.get(change) ?? change, object: body };
}

/** A webhook source passes on the headers that tell what its body is, each as a list. */
function headersOf(data: unknown): IncomingPayload['headers'] {
  const headers: Record<string, string> = {};
  const given: JsonRecord = record(data, 'header') ?? record(data, 'headers') ?? {};
  for (const [name, value] of Object.entries(given)) {
    const text = typeof value === 'string' ? value : list(value)[0];
    if (typeof text === 'string' && /^x-github-/i.test(name)) headers[name.toLowerCase()] = text;
  }
  return headers;
}
