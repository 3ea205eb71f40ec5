import type { ReactElement } from 'react';
import type { Run } from '../api/wire-shapes.js';
import { hueClass } from './hue.js';
import { Plain } from './plain.js';

const names: Readonly<Record<string, string>> = {
  ag2: 'AG2',
  airflow: 'Airflow',
  argo: 'Argo',
  cdevents: 'CDEvents',
  dagster: 'Dagster',
  github: 'GitHub Actions',
  'github-actions': 'GitHub Actions',
  gitlab: 'GitLab CI',
  kestra: 'Kestra',
  kubernetes: 'Kubernetes',
  openlineage: 'OpenLineage',
  orrery: 'Orrery',
  otlp: 'OpenTelemetry',
  prefect: 'Prefect',
  tekton: 'Tekton',
  temporal: 'Temporal',
};

/** The name of an engine as its makers write it. */
export function engineName(engine: string | null): string {
  if (engine === null || engine === '') return 'unknown engine';
  return (Object.hasOwn(names, engine) ? names[engine] : undefined) ?? engine;
}

/** Which engine ran it. */
export function EngineBadge({ engine }: { readonly engine: string | null }): ReactElement {
  return (
    <span className={`engine ${hueClass(engine ?? '')}`}>
      <Plain text={engineName(engine)} />
    </span>
  );
}

/** The same for a run: behind OpenTelemetry, the framework that it told of says more. */
export function RunEngine({ run }: { readonly run: Run }): ReactElement {
  const framework = run.engine === 'otlp' ? run.labels?.['framework'] : undefined;
  return <EngineBadge engine={framework ?? run.engine} />;
}
