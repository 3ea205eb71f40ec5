import { describe, expect, it } from '@jest/globals';
import { withoutCredentials } from './version-control.js';

describe('the address of a repository', () => {
  it.each([
    ['https://github.com/acme/shop.git', 'https://github.com/acme/shop'],
    ['https://me:token@github.com/acme/shop', 'https://github.com/acme/shop'],
    ['git@github.com:acme/shop.git', 'https://github.com/acme/shop'],
    ['ssh://git@example.com:2222/acme/shop.git', 'https://example.com/acme/shop'],
    ['http://localhost:3000/acme/shop.git', 'http://localhost:3000/acme/shop'],
    ['/srv/git/shop.git', '/srv/git/shop.git'],
    ['file:///srv/git/shop.git', 'file:///srv/git/shop.git'],
  ])('%s is %s', (given, expected) => {
    expect(withoutCredentials(given)).toBe(expected);
  });
});
