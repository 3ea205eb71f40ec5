import { OrreryError } from '@orrery/errors';
import { quoteIdentifier } from './identifiers.js';

export interface SessionSettings {
  readonly schema: string;
  readonly role?: string;
  /** No single statement runs longer; 0 is no limit. */
  readonly statementTimeoutMs: number;
  /** Nor waits longer for a lock. */
  readonly lockTimeoutMs: number;
  /** Nor does a transaction stay open longer with nothing to do, holding its locks; 0 is no limit. */
  readonly idleTransactionTimeoutMs: number;
}

/**
 * Takes the start-up options out of a database URL: pg lets those of the URL win over the ones we set, which would undo the role.
 *
 * @throws ORRERY_CONFIG when it is no PostgreSQL URL; the message does not repeat it, since it holds a password.
 */
export function splitUrl(url: string): { readonly url: string; readonly options: string } {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new OrreryError('ORRERY_CONFIG', 'the database URL cannot be read: expected postgresql://user:password@host:port/database');
  }
  if (!/^postgres(ql)?:$/.test(parsed.protocol)) throw new OrreryError('ORRERY_CONFIG', `the database URL begins with ${parsed.protocol}, expected postgresql:`);
  const options = parsed.searchParams.get('options') ?? '';
  for (const parameter of ['options', 'application_name', 'query_timeout', 'statement_timeout', 'max']) parsed.searchParams.delete(parameter);
  return { url: parsed.href, options };
}

/** Start-up options of a session; ours come last and so win. */
export function startupOptions(given: string, settings: SessionSettings): string {
  const own = {
    ...(settings.role === undefined ? {} : { role: settings.role }),
    search_path: quoteIdentifier(settings.schema),
    timezone: 'UTC',
    statement_timeout: settings.statementTimeoutMs,
    lock_timeout: settings.lockTimeoutMs,
    idle_in_transaction_session_timeout: settings.idleTransactionTimeoutMs,
  };
  return [given, ...Object.entries(own).map(([name, value]) => `-c ${name}=${value}`)].join(' ').trim();
}
