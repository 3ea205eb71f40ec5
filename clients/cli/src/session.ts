import { readFileSync } from 'node:fs';
import { OrreryError } from '@orrery/errors';
import { Option, type Command } from 'commander';
import { ApiClient, type Address } from './api-client.js';
import type { Environment } from './environment.js';
import { exitCodesHelp } from './exit-codes.js';
import { resendSpooled } from './spool/resend.js';
import { Spool } from './spool/spool.js';
import type { Terminal } from './terminal.js';
import { counted } from './view/style.js';

/** What every command is given. */
export interface Surroundings {
  readonly environment: Environment;
  readonly terminal: Terminal;
}

export interface ConnectionOptions {
  readonly url?: string;
  readonly apiKey?: string;
  readonly apiKeyFile?: string;
  readonly json?: boolean;
}

/** What a command that talks to the server works with. */
export interface Session {
  readonly client: ApiClient;
  readonly terminal: Terminal;
  readonly isJson: boolean;
  readonly address: Address;
}

const DEFAULT_URL = 'http://127.0.0.1:4600';

interface Sharing {
  readonly examples: readonly string[];
  /** Said instead of the usual exit codes. */
  readonly exitCodes?: string;
  /** The command talks to no server. */
  readonly isLocal?: boolean;
}

/** Adds the options that all commands share, and their examples and exit codes to the help. */
export function shareOptions(command: Command, { examples, exitCodes = exitCodesHelp, isLocal = false }: Sharing): Command {
  command.option('--json', 'print JSON: one document, or one line for each thing of a stream');
  if (!isLocal) {
    command
      .option('--url <address>', `address of the platform (default: ORRERY_URL, else ${DEFAULT_URL})`)
      .addOption(new Option('--api-key <key>', 'API key (default: ORRERY_API_KEY; a flag can be read by others on this machine)').conflicts('apiKeyFile'))
      .option('--api-key-file <file>', 'file that holds the API key');
  }
  return command.addHelpText('after', `\nExamples:\n${examples.map((line) => `  $ ${line}`).join('\n')}\n${exitCodes}`);
}

/**
 * Where the platform is and with which key it is spoken to.
 *
 * @throws ORRERY_CONFIG when the address is no http or https URL or the key file cannot be read
 */
export function resolveAddress(options: ConnectionOptions, environment: Environment): Address {
  const text = options.url ?? environment.url ?? DEFAULT_URL;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') throw new OrreryError('ORRERY_CONFIG', `the platform's address must be an http or https URL, got ${text}`);
  const apiKey = options.apiKeyFile === undefined ? (options.apiKey ?? environment.apiKey) : readKey(options.apiKeyFile);
  return { url, apiKey };
}

function readKey(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new OrreryError('ORRERY_CONFIG', `the API key file ${file} cannot be read`, { cause });
  }
}

/** Opens the connection of a command; events that an earlier `exec` could not deliver go out first. */
export async function openSession(options: ConnectionOptions, { environment, terminal }: Surroundings): Promise<Session> {
  const address = resolveAddress(options, environment);
  const spool = new Spool(environment.stateFolder, address.url);
  const { sent } = await resendSpooled(spool, address);
  if (sent > 0) terminal.remark(`orrery: ${counted(sent, 'event')} that waited in ${spool.folder} went out now`);
  return { client: new ApiClient(address), terminal, isJson: options.json ?? false, address };
}
