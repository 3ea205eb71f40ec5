import type { Transaction } from '@orrery/persistence';
import type { LearnedRival } from '../learning/learning-job.js';
import { currentChoice, listPolicies, readArtifact } from '../../policies/policy.repository.js';

/** A policy that comes with the product. */
export interface ShippedArtifact {
  readonly name: string;
  readonly artifact: unknown;
}

/** Newest learned policies that a training is compared with; what serves is always among them. */
const rivalLimit = 5;

/** The learned policies of the transaction's tenant, the newest first, and what comes with the product: which serves, and what each was trained for. */
export async function rivalsOf(transaction: Transaction, shipped: readonly ShippedArtifact[], limit = rivalLimit): Promise<readonly LearnedRival[]> {
  const choice = await currentChoice(transaction);
  const stored = await listPolicies(transaction);
  const isChosen = ({ name, version }: { readonly name: string; readonly version: number }) => choice?.name === name && choice.version === version;
  const wanted = [...stored.filter(isChosen), ...stored.filter((policy) => !isChosen(policy))].slice(0, limit);
  const rivals: LearnedRival[] = [];
  for (const policy of wanted) {
    const found = await readArtifact(transaction, policy);
    const artifact = found === undefined ? undefined : jsonOf(found.artifact);
    // One that is damaged is none: it never decides either.
    if (artifact !== undefined) rivals.push({ name: `${policy.name}-${policy.version}`, lambda: lambdaOf(artifact), artifact, serves: isChosen(policy) });
  }
  const own = shipped.map(({ name, artifact }, index) => ({ name, lambda: lambdaOf(artifact), artifact, serves: choice === undefined ? index === 0 : choice.version === 1 && choice.name === name }));
  return [...rivals, ...own];
}

function lambdaOf(artifact: unknown): number {
  const lambda = (artifact as { objective?: { lambda?: unknown } } | null)?.objective?.lambda;
  return typeof lambda === 'number' ? lambda : 0;
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}
