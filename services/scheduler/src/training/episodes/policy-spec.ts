import { createLearnedPolicy, LearnedPolicy, readArtifact } from '../../domain/agents/index.js';
import { listPolicy, type ListRules, type Policy } from '../../domain/index.js';

/** A policy as it goes to another thread: plain data. */
export type PolicySpec =
  | { readonly kind: 'rules'; readonly name: string; readonly rules: ListRules }
  /** One that is being learned: a heuristic and what corrects it. */
  | { readonly kind: 'candidate'; readonly name: string; readonly base: ListRules; readonly parameters: Float64Array }
  /** One that was learned, as it is kept. */
  | { readonly kind: 'learned'; readonly name: string; readonly artifact: unknown };

/** Makes the policy of a spec. @throws ORRERY_VALIDATION when it is damaged. */
export function policyOf(spec: PolicySpec): Policy {
  if (spec.kind === 'rules') return listPolicy(spec.name, spec.rules);
  if (spec.kind === 'candidate') return new LearnedPolicy(spec.name, spec.base, spec.parameters);
  return createLearnedPolicy(readArtifact(spec.artifact));
}
