import { OrreryError } from '@orrery/errors';

const utf8 = new TextDecoder('utf-8', { fatal: true });
const toUtf8 = new TextEncoder();
const mustEncode = /[^\u0021\u0023\u0024\u0026-\u007e]+/g;
const encodedRun = /(?:%[0-9A-Fa-f]{2})+/g;

/**
 * Writes an attribute as an HTTP header value: space, double quote, percent and everything that is not printable ASCII becomes %XY.
 *
 * Source: HTTP binding 1.0.2, section 3.1.3.2.
 *
 * @example
 * encodeHeaderValue('Euro €') // 'Euro%20%E2%82%AC'
 */
export function encodeHeaderValue(value: string): string {
  return value.replace(mustEncode, (run) => {
    let encoded = '';
    for (const byte of toUtf8.encode(run)) encoded += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    return encoded;
  });
}

/**
 * Reads an attribute from an HTTP header value: takes double quotes off, then decodes percents once.
 *
 * Source: HTTP binding 1.0.2, section 3.1.3.2. A percent sign that starts no %XY stays as it is.
 *
 * @throws ORRERY_VALIDATION when decoded bytes are not UTF-8.
 */
export function decodeHeaderValue(value: string): string {
  const isQuoted = value.length >= 2 && value.startsWith('"') && value.endsWith('"');
  const unquoted = isQuoted ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value;
  if (!unquoted.includes('%')) return unquoted;
  return unquoted.replace(encodedRun, (run) => {
    try {
      return utf8.decode(Buffer.from(run.replaceAll('%', ''), 'hex'));
    } catch (cause) {
      throw new OrreryError('ORRERY_VALIDATION', 'a ce- header has percent-encoded bytes that are not UTF-8', { cause });
    }
  });
}
