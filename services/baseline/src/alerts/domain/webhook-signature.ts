import { createHmac } from 'node:crypto';

const prefix = 'whsec_';

/** Whether a text is a secret of Standard Webhooks: `whsec_` and 24 to 64 bytes in base64. */
export function isWebhookSecret(secret: string): boolean {
  if (!secret.startsWith(prefix)) return false;
  const encoded = secret.slice(prefix.length);
  const bytes = Buffer.from(encoded, 'base64');
  return bytes.length >= 24 && bytes.length <= 64 && bytes.toString('base64').replace(/=+$/, '') === encoded.replace(/=+$/, '');
}

export interface SignedContent {
  /** The same at every attempt, so that the receiver can tell a repetition. */
  readonly messageId: string;
  /** When this attempt is made; receivers refuse what is too old. */
  readonly atMs: number;
  readonly body: string;
}

/**
 * The headers that let a receiver check who sent a body: HMAC-SHA256 over `id.timestamp.body` with the decoded secret, in base64.
 *
 * Source: Standard Webhooks, spec/standard-webhooks.md, sections "Webhook Headers" and "Signature scheme" (symmetric, v1).
 * @example
 * signatureHeaders('whsec_...', { messageId: '018f…', atMs: 1714564800000, body: '{}' })
 * // { 'webhook-id': '018f…', 'webhook-timestamp': '1714564800', 'webhook-signature': 'v1,…' }
 */
export function signatureHeaders(secret: string, { messageId, atMs, body }: SignedContent): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(atMs / 1000));
  const key = Buffer.from(secret.slice(prefix.length), 'base64');
  const signature = createHmac('sha256', key).update(`${messageId}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': messageId, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
