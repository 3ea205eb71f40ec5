import { describe, expect, it } from '@jest/globals';
import { keyProtocols } from './api-key.js';

describe('keyProtocols', () => {
  it('asks for none without a key', () => {
    expect(keyProtocols(null)).toEqual([]);
  });

  it.each(['secret', 'with ~?> signs', 'ключ'])('carries the key as unpadded base64url: %s', (key) => {
    const [plain, carrier] = keyProtocols(key);
    expect(plain).toBe('orrery.v1');
    expect(carrier).toMatch(/^orrery\.key\.[\w-]+$/);
    const encoded = (carrier ?? '').slice('orrery.key.'.length).replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
    expect(new TextDecoder().decode(bytes)).toBe(key);
  });
});
