import type { ReactElement } from 'react';
import { useRenewal } from '../anomalies/use-renewal.js';
import { readPolicy } from '../api/schedule-calls.js';
import type { Policy } from '../api/schedule-shapes.js';
import { useRequest } from '../api/use-request.js';
import { ProblemNote } from '../parts/problem-note.js';
import { PolicyCard } from './policy-card.js';
import { servingFirst } from './policy-order.js';
import { PolicyTable } from './policy-table.js';
import { Waiting } from './waiting.js';

interface PoliciesTabProps {
  readonly policies: readonly Policy[];
  readonly query: URLSearchParams;
}

const renewalMs = 15_000;

/** The policy that serves, or the one that the address names, and all others. */
export function PoliciesTab({ policies, query }: PoliciesTabProps): ReactElement {
  const name = query.get('policy') ?? servingName(policies);
  const { value, problem, reload } = useRequest(name, (signal) => readPolicy(name, signal));
  useRenewal(value !== undefined && problem === undefined, renewalMs, reload);
  return (
    <>
      {problem !== undefined && <ProblemNote problem={problem} retry={reload} />}
      {value === undefined && problem === undefined && <Waiting what="the policy" />}
      {value !== undefined && <PolicyCard key={value.name} policy={value} />}
      <PolicyTable policies={servingFirst(policies)} shown={name} />
    </>
  );
}

const servingName = (policies: readonly Policy[]): string => (policies.find((policy) => policy.serving) ?? policies[0])?.name ?? 'learned';
