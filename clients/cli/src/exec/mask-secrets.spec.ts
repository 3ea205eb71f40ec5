import { describe, expect, it } from '@jest/globals';
import { maskSecrets, showCommand } from './mask-secrets.js';

describe('secrets in a command', () => {
  it.each([
    [['deploy', '--token=abc', '--region=eu'], ['deploy', '--token=***', '--region=eu']],
    [['mysql', '--password', 'abc', '-u', 'me'], ['mysql', '--password', '***', '-u', 'me']],
    [['env', 'AWS_SECRET_ACCESS_KEY=abc', 'GITHUB_TOKEN=abc', 'HOME=/root'], ['env', 'AWS_SECRET_ACCESS_KEY=***', 'GITHUB_TOKEN=***', 'HOME=/root']],
    [['curl', 'https://me:abc@host/x@y'], ['curl', 'https://***@host/x@y']],
    [['run', '--password', '--verbose'], ['run', '--password', '--verbose']],
    [['grep', 'token'], ['grep', 'token']],
  ])('%j becomes %j', (command, masked) => {
    expect(maskSecrets(command)).toEqual(masked);
  });
});

describe('a command', () => {
  it('is shown as one could type it', () => {
    expect(showCommand(['sh', '-c', `echo "it's"`, 'a/b.c'])).toBe(`sh -c 'echo "it'\\''s"' a/b.c`);
  });
});
