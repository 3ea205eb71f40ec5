import { OrreryError } from '@orrery/errors';
import { z } from 'zod';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads a service's settings from the environment through its schema and freezes them.
 *
 * @throws ORRERY_CONFIG when any setting is missing or wrong: one message that lists every key, never a value.
 * @example
 * const config = loadConfig(z.object({ ORRERY_PORT: z.coerce.number().default(4600) }));
 */
export function loadConfig<Schema extends z.ZodType>(schema: Schema, environment: Environment = process.env): Readonly<z.output<Schema>> {
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(present);
  if (parsed.success) return Object.freeze(parsed.data);
  const faults = parsed.error.issues.map((issue) => `  ${issue.path.join('.') || '(settings)'}: ${faultOf(issue)}`);
  throw new OrreryError('ORRERY_CONFIG', `settings are wrong:\n${faults.join('\n')}`, {
    details: { keys: parsed.error.issues.map((issue) => issue.path.join('.')) },
  });
}

// zod's own messages quote what they received in some cases; a setting may be a secret, so only the expectation is told.
function faultOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${issue.expected}`;
    case 'invalid_value':
      return `expected one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `expected at least ${String(issue.minimum)}`;
    case 'too_big':
      return `expected at most ${String(issue.maximum)}`;
    case 'custom':
      return issue.message;
    default:
      return `has the wrong form (${issue.code})`;
  }
}
