import { OrreryError } from '@orrery/errors';

const identifier = /^[a-z_][a-z0-9_]{0,62}$/;

/**
 * Quotes a name for SQL text.
 *
 * @throws ORRERY_CONFIG when it is not lower case letters, digits and underscores, 63 at most (PostgreSQL would cut the rest off).
 * @example quoteIdentifier('task_run') // '"task_run"'
 */
export function quoteIdentifier(name: string): string {
  if (!identifier.test(name)) throw new OrreryError('ORRERY_CONFIG', `"${name}" cannot be a name in the database: expected lower case letters, digits and _, at most 63`);
  return `"${name}"`;
}
