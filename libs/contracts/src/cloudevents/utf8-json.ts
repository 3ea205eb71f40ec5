import { OrreryError } from '@orrery/errors';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Decodes UTF-8 bytes, with or without a byte order mark, and parses them as JSON.
 *
 * @param what names the content in the message
 * @throws ORRERY_VALIDATION when they are not UTF-8 or not JSON.
 */
export function parseJson(content: Uint8Array | string, what: string): unknown {
  try {
    return JSON.parse(typeof content === 'string' ? content : utf8.decode(content));
  } catch (cause) {
    throw new OrreryError('ORRERY_VALIDATION', `${what} is not JSON in UTF-8`, { cause });
  }
}
