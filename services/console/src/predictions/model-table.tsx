import type { ReactElement } from 'react';
import type { Model, ModelStatus } from '../api/prediction-shapes.js';
import { Icon, type IconName } from '../parts/icon.js';
import { agoText, instantText } from '../parts/instant.js';
import { Plain } from '../parts/plain.js';
import { useNow } from '../parts/use-now.js';
import { spoken } from './accuracy-words.js';

const statuses: Readonly<Record<ModelStatus, { readonly word: string; readonly tone: string; readonly icon: IconName }>> = {
  champion: { word: 'Serves', tone: 'good', icon: 'check' },
  challenger: { word: 'Waits', tone: 'active', icon: 'clock' },
  retired: { word: 'Served before', tone: 'calm', icon: 'dash' },
  rejected: { word: 'Not better', tone: 'calm', icon: 'cross' },
};

/** Trained models, the newest first: whether they serve, and why or why not. */
export function ModelTable({ models }: { readonly models: readonly Model[] }): ReactElement {
  const nowMs = useNow(true, 60_000);
  return (
    <section aria-label="Models">
      <h2>Models</h2>
      <table className="plain-table models">
        <thead>
          <tr>
            <th scope="col">Of what</th>
            <th scope="col" className="number">Version</th>
            <th scope="col">State</th>
            <th scope="col">Made</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {models.map((model) => (
            <ModelRow key={`${model.kind} ${model.scope?.workflow ?? ''} ${String(model.version)}`} model={model} nowMs={nowMs} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function ModelRow({ model: { kind, version, scope, status, created_at: createdAt, last_decision: decision }, nowMs }: { readonly model: Model; readonly nowMs: number }): ReactElement {
  const { word, tone, icon } = statuses[status];
  return (
    <tr>
      <td className="breakable">
        {spoken(kind)} <span className="muted">{scope === null ? 'of all workflows' : <Plain text={scope.workflow} />}</span>
      </td>
      <td className="number">{version}</td>
      <td>
        <span className={`standing severity tone-${tone}`}>
          <span className="glyph">
            <Icon name={icon} />
          </span>
          {word}
        </span>
      </td>
      <td title={instantText(createdAt)}>{agoText(createdAt, nowMs)}</td>
      <td className="breakable">{decision === null ? <span className="muted">–</span> : <Plain text={decision.reason} />}</td>
    </tr>
  );
}
