import { structuredModeOf } from './media-type.js';

export type ContentMode = 'structured' | 'batch' | 'binary' | 'none';

/**
 * Tells how a message carries CloudEvents, if it does: by its content type, else by mandatory attributes among its headers.
 * A message that names its specversion means to be one even if it lacks others, so that its sender gets to know what is missing.
 *
 * @param headers names in lower case
 */
export function contentModeOf(headers: Readonly<Record<string, unknown>>): ContentMode {
  const contentType = headers['content-type'];
  const mode = structuredModeOf(contentType instanceof Uint8Array ? Buffer.from(contentType).toString() : String(contentType ?? ''));
  if (mode !== 'other') return mode;
  if (hasAttribute(headers, 'specversion')) return 'binary';
  return hasAttribute(headers, 'id') && hasAttribute(headers, 'source') && hasAttribute(headers, 'type') ? 'binary' : 'none';
}

function hasAttribute(headers: Readonly<Record<string, unknown>>, name: string): boolean {
  return headers[`ce-${name}`] !== undefined || headers[`ce_${name}`] !== undefined;
}
