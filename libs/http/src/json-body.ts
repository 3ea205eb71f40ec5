import { OrreryError } from '@orrery/errors';
import type { z } from 'zod';

/**
 * Reads the JSON body of an API call through its schema; an absent body counts as `{}`.
 *
 * @throws ORRERY_VALIDATION that names every fault by its path.
 */
export function parseJsonBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const text = Buffer.isBuffer(body) ? body.toString('utf8') : '';
  let value: unknown;
  try {
    value = text.trim() === '' ? {} : JSON.parse(text);
  } catch (error) {
    throw new OrreryError('ORRERY_VALIDATION', 'the body is not JSON', { cause: error });
  }
  return parseInput(schema, value, 'body');
}

/**
 * Reads query parameters or path parts through their schema.
 *
 * @throws ORRERY_VALIDATION that names every fault by its path.
 */
export function parseInput<Schema extends z.ZodType>(schema: Schema, value: unknown, where = 'query'): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = faultsOf(parsed.error.issues, [where]);
  throw new OrreryError('ORRERY_VALIDATION', faults.join('; '), { details: { faults } });
}

type Issue = z.core.$ZodIssue;

/** Where a value may take one of several forms, the faults of the form that it has the fewest of: what was meant, as far as one can tell. */
function faultsOf(issues: readonly Issue[], place: readonly PropertyKey[]): readonly string[] {
  return issues.flatMap((issue) => {
    const at = [...place, ...issue.path];
    const [nearest] = issue.code === 'invalid_union' ? [...issue.errors].sort((left, right) => left.length - right.length) : [];
    return nearest === undefined ? [`${at.map(String).join('.')}: ${issue.message}`] : faultsOf(nearest, at);
  });
}
