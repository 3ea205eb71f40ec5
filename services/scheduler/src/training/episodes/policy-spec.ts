import { listPolicy, type ListRules, type Policy } from '../../domain/index.js';

/** A policy as it goes to another thread, into a database or over HTTP: plain data. */
export type PolicySpec = { readonly kind: 'rules'; readonly name: string; readonly rules: ListRules };

/** Makes the policy of a spec. @throws ORRERY_VALIDATION when it is damaged. */
export function policyOf({ name, rules }: PolicySpec): Policy {
  return listPolicy(name, rules);
}
