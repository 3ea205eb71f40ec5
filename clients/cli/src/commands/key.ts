import { createHash, randomBytes } from 'node:crypto';
import { OrreryError } from '@orrery/errors';
import type { Command } from 'commander';
import { shareOptions, type ConnectionOptions, type Surroundings } from '../session.js';

interface Options extends ConnectionOptions {
  readonly tenant: string;
}

export function defineKey(program: Command, surroundings: Surroundings): void {
  const group = program.command('key').summary('make API keys').description('Makes API keys.');
  const command = group
    .command('new')
    .summary('make a random API key')
    .description('Makes a random API key and the entry of ORRERY_API_KEYS that admits it; the platform keeps the hash alone.')
    .option('--tenant <name>', 'whose data the key opens', 'default')
    .action((options: Options) => newKey(options, surroundings));
  shareOptions(command, { examples: ['orrery key new', 'orrery key new --tenant team-a --json'], isLocal: true });
}

function newKey({ tenant, json: isJson }: Options, { terminal }: Surroundings): void {
  if (!/^[a-z0-9][a-z0-9_-]{0,62}$/.test(tenant)) throw new OrreryError('ORRERY_VALIDATION', 'a tenant is named by up to 63 small letters, digits, dashes and underscores');
  const key = `orr_${randomBytes(4).toString('hex')}_${randomBytes(24).toString('base64url')}`;
  const setting = `${tenant}:sha256:${createHash('sha256').update(key).digest('hex')}`;
  if (isJson) {
    terminal.document({ tenant, key, setting });
    return;
  }
  terminal.line(`key      ${key}`);
  terminal.line(`setting  ${setting}`);
  terminal.remark('\nThe key is shown this once. Give the setting to the platform (ORRERY_API_KEYS, entries separated by commas)\nand the key to its clients (ORRERY_API_KEY, or --api-key-file).');
}
