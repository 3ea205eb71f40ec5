import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { OrreryError } from '@orrery/errors';
import { firstParameters, type ListRules } from '@orrery/scheduler/domain';
import type { PolicySpec } from '@orrery/scheduler/training';

/** Policies that come with the product. */
const shippedFolder = path.resolve('services', 'scheduler', 'policies');

/**
 * Learned policies by file, or by the name of one that comes with the product; all of those where none is named.
 * The one that serves by default comes first.
 *
 * @throws ORRERY_NOT_FOUND when there is no such policy.
 */
export function learnedPolicies(names: readonly string[]): readonly PolicySpec[] {
  const shipped = existsSync(shippedFolder) ? readdirSync(shippedFolder).filter((file) => file.endsWith('.json')).map((file) => path.basename(file, '.json')) : [];
  const wanted = names.length > 0 ? names : shipped.toSorted((one, other) => Number(other === 'learned') - Number(one === 'learned'));
  return wanted.map((name) => {
    const file = name.endsWith('.json') ? name : fileOf(name);
    if (!existsSync(file)) throw new OrreryError('ORRERY_NOT_FOUND', `--policy ${name}: no such file, and no policy of that name comes with the product (${shipped.join(', ') || 'none does'})`);
    return { kind: 'learned', name: path.basename(name, '.json'), artifact: JSON.parse(readFileSync(file, 'utf8')) as unknown };
  });
}

/** A policy that comes with the product, as it is kept. */
export function shippedArtifact(name: string): unknown {
  return JSON.parse(readFileSync(fileOf(name), 'utf8'));
}

function fileOf(name: string): string {
  return path.join(shippedFolder, `${name}.json`);
}

/** What training begins with on a heuristic: it must do exactly what the heuristic does. */
export function untrainedOn(base: ListRules): PolicySpec {
  return { kind: 'candidate', name: 'untrained', base, parameters: firstParameters(1) };
}
