import { createHash, randomBytes } from 'node:crypto';
import { OrreryError } from '@orrery/errors';

const tenantForm = /^[a-z0-9][a-z0-9_-]{0,62}$/;
const digestForm = /^sha256:[0-9a-f]{64}$/;
const minimumKeyLength = 16;

/** The tenant of an installation that asks for no keys. */
export const defaultTenant = 'default';

/** The keys of an installation; only their SHA-256 digests are held (they are random, so a plain digest is enough: ASVS 11.4.2). */
export class ApiKeys {
  private constructor(private readonly tenantByDigest: ReadonlyMap<string, string>) {}

  /**
   * Reads `tenant:key` and `tenant:sha256:HEX` entries.
   *
   * @throws ORRERY_CONFIG when an entry has another form; the message counts entries and shows none.
   */
  static parse(entries: readonly string[]): ApiKeys {
    const tenantByDigest = new Map<string, string>();
    entries.forEach((entry, index) => {
      const separator = entry.indexOf(':');
      const tenant = entry.slice(0, Math.max(separator, 0));
      const key = entry.slice(separator + 1);
      if (!tenantForm.test(tenant) || (!digestForm.test(key) && key.length < minimumKeyLength)) {
        throw new OrreryError(
          'ORRERY_CONFIG',
          `ORRERY_API_KEYS: entry ${index + 1} is not tenant:key (a key of at least ${minimumKeyLength} characters) or tenant:sha256:HEX`,
        );
      }
      tenantByDigest.set(digestForm.test(key) ? key : digestOf(key), tenant);
    });
    return new ApiKeys(tenantByDigest);
  }

  get areRequired(): boolean {
    return this.tenantByDigest.size > 0;
  }

  /** Whose key it is; undefined when it is nobody's. */
  tenantOf(key: string): string | undefined {
    return this.tenantByDigest.get(digestOf(key));
  }
}

/** The form in which a key is kept: `sha256:` and its digest in hex. */
export function digestOf(key: string): string {
  return `sha256:${createHash('sha256').update(key).digest('hex')}`;
}

/** Makes a key of 192 random bits; the prefix lets secret scanners recognise it. */
export function createApiKey(): string {
  return `orr_${randomBytes(24).toString('base64url')}`;
}
