import type { ReactElement } from 'react';
import { CopyButton } from '../parts/copy-button.js';

const steps = [
  { title: 'See a recorded example', command: 'npx orrery demo', what: 'Sends real runs of Airflow, Prefect and a team of agents.' },
  { title: 'Follow a command of yours', command: 'npx orrery exec -- make', what: 'Runs it as always, and records time, outcome and files.' },
];

/** What a newcomer sees before anything was sent: the next step. */
export function NoRunsYet(): ReactElement {
  const { origin } = window.location;
  const doors = [
    ['OpenTelemetry', 'agents, pipelines, services', `OTEL_EXPORTER_OTLP_ENDPOINT=${origin}`],
    ['OpenLineage', 'Airflow, Spark, dbt', `OPENLINEAGE_URL=${origin}`],
    ['CloudEvents', 'Tekton, CDEvents, your own', `POST ${origin}/api/v1/events`],
    ['Webhooks', 'GitHub, Argo, Prefect, Kestra, Temporal', `POST ${origin}/api/v1/webhooks/github`],
  ] as const;
  return (
    <div className="welcome">
      <h2>No runs yet</h2>
      <p>Orrery keeps the complete trace of every workflow run. Nothing was sent so far; this page fills by itself as soon as something is.</p>
      <div className="steps">
        {steps.map(({ title, command, what }) => (
          <section key={command}>
            <h3>{title}</h3>
            <div className="command">
              <code>{command}</code>
              <CopyButton text={command} what="command" />
            </div>
            <p className="muted">{what}</p>
          </section>
        ))}
      </div>
      <h3>Or point your engines here</h3>
      <ul className="doors">
        {doors.map(([name, who, setting]) => (
          <li key={name}>
            <div>
              <strong>{name}</strong>
              <span className="muted">{who}</span>
            </div>
            <div className="command">
              <code>{setting}</code>
              <CopyButton text={setting} what="setting" />
            </div>
          </li>
        ))}
      </ul>
      <p className="muted">
        Every way in is described in <a href="./api/v1/openapi.json">the API description</a>.
      </p>
    </div>
  );
}
