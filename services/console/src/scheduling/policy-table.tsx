import type { ReactElement } from 'react';
import type { Policy } from '../api/schedule-shapes.js';
import { agoText, instantText } from '../parts/instant.js';
import { Plain } from '../parts/plain.js';
import { useNow } from '../parts/use-now.js';
import { scheduleAddress } from '../routing/route.js';
import { ToneMark } from './tone-mark.js';

const kinds: Readonly<Record<string, string>> = { heuristic: 'Heuristic', shipped: 'Comes with the product', learned: 'Learned here' };

/** Every policy that an engine can ask for. */
export function PolicyTable({ policies, shown }: { readonly policies: readonly Policy[]; readonly shown: string }): ReactElement {
  const nowMs = useNow(true, 60_000);
  return (
    <section aria-label="All policies">
      <h2>All policies</h2>
      <table className="plain-table policies">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">State</th>
            <th scope="col">Kind</th>
            <th scope="col">What it does</th>
            <th scope="col">Made</th>
          </tr>
        </thead>
        <tbody>
          {policies.map(({ name, kind, serving, fault, description, created_at: createdAt }) => (
            <tr key={name} className={name === shown ? 'is-selected' : undefined}>
              <td className="breakable">
                <a href={scheduleAddress({ policy: name })} aria-current={name === shown ? 'true' : undefined}>
                  <Plain text={name} />
                </a>
              </td>
              <td>
                <State serving={serving} fault={fault} />
              </td>
              <td>{kinds[kind] ?? kind}</td>
              <td className="breakable"><Plain text={description} /></td>
              <td title={createdAt === null ? undefined : instantText(createdAt)}>{createdAt === null ? <span className="muted">–</span> : agoText(createdAt, nowMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function State({ serving, fault }: Pick<Policy, 'serving' | 'fault'>): ReactElement {
  if (fault !== null) return <ToneMark word="Damaged" tone="bad" icon="bang" note={fault} />;
  if (serving) return <ToneMark word="Serves" tone="good" icon="check" />;
  return <span className="muted">–</span>;
}
