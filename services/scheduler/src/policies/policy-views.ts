import { z } from 'zod';
import { servingHeuristics } from '../domain/index.js';
import { nameOf, type PolicyRegistry, type TenantPolicies } from './policy-registry.js';
import { shippedVersion, tunedName, type PolicyShelf, type ShippedPolicy } from './policy-shelf.js';
import type { PolicyName } from './policy-store.js';
import type { StoredPolicy } from './policy.repository.js';

const policyFields = {
  name: z.string().describe('Its own name, which an engine can ask for and a person can promote'),
  policy: z.string().describe('The name that decisions have'),
  version: z.int().describe('0 for a heuristic, 1 for what comes with the product'),
  kind: z.enum(['heuristic', 'shipped', 'learned']),
  serving: z.boolean().describe('Decides when nobody says otherwise'),
  description: z.string(),
  created_at: z.string().nullable().describe('ISO 8601 in UTC; null for what comes with the product'),
  checksum: z.string().nullable().describe('SHA-256 of the artefact'),
  fault: z.string().nullable().describe('Why it cannot decide; null where it can'),
};

const choiceSchema = z.object({ at: z.string(), by: z.string().describe('rule, or who did it by hand'), reason: z.string() });

/** A policy as lists show it. */
export const policySchema = z.object(policyFields).meta({ id: 'SchedulePolicy' });

export type PolicyView = z.output<typeof policySchema>;

/** A policy with all that is known of it. */
export const policyCardSchema = z
  .object({
    ...policyFields,
    card: z.record(z.string(), z.unknown()).nullable().describe('How it was made and how good it is, every baseline and column beside it; null for a heuristic'),
    chosen: choiceSchema.nullable().describe('Who put it into service; null where nobody did'),
  })
  .meta({ id: 'SchedulePolicyCard' });

export type PolicyCardView = z.output<typeof policyCardSchema>;

export const policiesSchema = z.object({ policies: z.array(policySchema) });

export type PoliciesView = z.output<typeof policiesSchema>;

const servedSchema = z.object({ name: z.string(), version: z.int() });

export const policyRollbackSchema = z.object({ from: servedSchema, to: servedSchema }).meta({ id: 'SchedulePolicyRollback' });

export type PolicyRollbackView = z.output<typeof policyRollbackSchema>;

export interface PolicyPage {
  readonly tenantId: string;
  readonly tenant: TenantPolicies;
  readonly serving: PolicyName;
  readonly heuristic: PolicyName;
  readonly shelf: PolicyShelf;
  readonly registry: PolicyRegistry;
}

/** Every policy of a tenant: heuristics, what comes with the product, what was learned, the newest first. */
export function policyCards(page: PolicyPage): readonly PolicyCardView[] {
  const { tenant, shelf, heuristic } = page;
  const heuristics = [...servingHeuristics].map(([name, { words }]) => heuristicCard(page, name, words));
  const tuned = heuristic.name === tunedName ? [heuristicCard(page, tunedName, 'The best of a family of list schedulers on training workloads: what the learned policy that serves stands on.')] : [];
  return [...heuristics, ...tuned, ...shelf.shipped.map((one) => shippedCard(page, one)), ...tenant.learned.map((one) => learnedCard(page, one))];
}

export function policyViewOf({ name, policy, version, kind, serving, description, created_at: createdAt, checksum, fault }: PolicyCardView): PolicyView {
  return { name, policy, version, kind, serving, description, created_at: createdAt, checksum, fault };
}

function heuristicCard(page: PolicyPage, name: string, description: string): PolicyCardView {
  return { ...standing(page, { name, version: 0 }), name, kind: 'heuristic', description, created_at: null, checksum: null, fault: null, card: null };
}

function shippedCard(page: PolicyPage, { name, checksum, fault, card }: ShippedPolicy): PolicyCardView {
  const description = 'Comes with the product; its card says on which workloads it was learned and judged.';
  return { ...standing(page, { name, version: shippedVersion }), name, kind: 'shipped', description, created_at: null, checksum, fault: fault ?? null, card: cardOf(card) };
}

function learnedCard(page: PolicyPage, stored: StoredPolicy): PolicyCardView {
  const { registry, tenantId } = page;
  const description = 'Learned by a training of this tenant.';
  const more = { created_at: new Date(stored.createdAtMs).toISOString(), checksum: stored.checksum, fault: registry.faultOf(tenantId, stored) ?? null, card: cardOf(stored.card) };
  return { ...standing(page, stored), name: nameOf(stored), kind: 'learned', description, ...more };
}

function standing({ tenant: { choice }, serving }: PolicyPage, { name, version }: PolicyName): Pick<PolicyCardView, 'policy' | 'version' | 'serving' | 'chosen'> {
  const isChosen = choice?.name === name && choice.version === version;
  const chosen = isChosen ? { at: new Date(choice.atMs).toISOString(), by: choice.by, reason: choice.reason } : null;
  return { policy: name, version, serving: serving.name === name && serving.version === version, chosen };
}

function cardOf(card: unknown): Record<string, unknown> | null {
  return typeof card === 'object' && card !== null && !Array.isArray(card) ? (card as Record<string, unknown>) : null;
}
