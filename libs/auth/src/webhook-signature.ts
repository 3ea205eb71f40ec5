import { createHmac, timingSafeEqual } from 'node:crypto';
import { OrreryError } from '@orrery/errors';

/** Webhook secrets by tenant; the one that signed a payload names its tenant. */
export class WebhookSecrets {
  private constructor(private readonly secrets: readonly { readonly tenantId: string; readonly secret: string }[]) {}

  /**
   * Reads `tenant:secret` entries.
   *
   * @throws ORRERY_CONFIG when an entry has another form.
   */
  static parse(setting: string, entries: readonly string[]): WebhookSecrets {
    return new WebhookSecrets(
      entries.map((entry, index) => {
        const separator = entry.indexOf(':');
        if (separator < 1 || separator === entry.length - 1) {
          throw new OrreryError('ORRERY_CONFIG', `${setting}: entry ${index + 1} is not tenant:secret`);
        }
        return { tenantId: entry.slice(0, separator), secret: entry.slice(separator + 1) };
      }),
    );
  }

  get areConfigured(): boolean {
    return this.secrets.length > 0;
  }

  /**
   * Finds whose secret signed the raw bytes, comparing in constant time (GitHub's X-Hub-Signature-256: `sha256=` and the HMAC in hex).
   *
   * @throws ORRERY_FORBIDDEN (HTTP 401) when the signature is missing or nobody's.
   */
  tenantOf(body: Uint8Array, signature: string | undefined): string {
    if (signature === undefined) throw refused('X-Hub-Signature-256 is missing: set the webhook secret on the sender');
    const presented = Buffer.from(signature);
    for (const { tenantId, secret } of this.secrets) {
      const expected = Buffer.from(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`);
      if (expected.length === presented.length && timingSafeEqual(expected, presented)) return tenantId;
    }
    throw refused('X-Hub-Signature-256 does not fit the body: the secrets differ, or the body was changed on its way');
  }
}

function refused(message: string): OrreryError {
  return new OrreryError('ORRERY_FORBIDDEN', message, { details: { httpStatus: 401 } });
}
