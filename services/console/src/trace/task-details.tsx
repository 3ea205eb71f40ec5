import type { ReactElement, ReactNode } from 'react';
import { SeverityMark } from '../anomalies/severity-mark.js';
import type { Anomaly } from '../api/anomaly-shapes.js';
import { listSamples } from '../api/calls.js';
import { usePages } from '../api/use-pages.js';
import type { Executor, Task } from '../api/wire-shapes.js';
import { durationText, elapsedMs } from '../parts/duration.js';
import { FaultNote } from '../parts/fault-note.js';
import { Fields } from '../parts/fields.js';
import { instantText } from '../parts/instant.js';
import { Plain } from '../parts/plain.js';
import { StandingMark } from '../parts/standing-mark.js';
import { WebLink } from '../parts/web-link.js';
import { runAddress } from '../routing/route.js';
import { taskKey } from './branch.js';
import { latestSamples, sampleName, sampleText } from './sample-words.js';
import { queueMsOf } from './task-bars.js';

interface TaskDetailsProps {
  readonly runId: string;
  readonly task: Task;
  readonly tasks: readonly Task[];
  readonly anomalies: readonly Anomaly[];
}

/** A task: when, where, how often, what it cost and what it waited for. */
export function TaskDetails({ runId, task, tasks, anomalies }: TaskDetailsProps): ReactElement {
  const queueMs = queueMsOf(task);
  return (
    <>
      <p className="over">{task.kind === null ? 'Task' : <Plain text={task.kind} />}</p>
      <h2>
        <Plain text={task.name ?? task.external_id ?? task.task_id} />
      </h2>
      <StandingMark progress={task} />
      {task.error !== null && task.attempts.length < 2 && <FaultNote fault={task.error} />}
      <NotAsUsual anomalies={anomalies} />
      <Fields
        entries={[
          ['Ran', durationText(task.duration_ms ?? elapsedMs(task.started_at, task.finished_at))],
          ['Waited', durationText(queueMs)],
          ['Started', instantText(task.started_at)],
          ['Finished', instantText(task.finished_at)],
          ...executorFields(task.executor),
          ['Known as', task.external_id !== null && task.external_id !== task.name ? <code><Plain text={task.external_id} /></code> : null],
          ['Address', task.url === null ? null : <WebLink address={task.url} />],
        ]}
      />
      {task.attempts.length > 1 && <Attempts task={task} />}
      <Neighbours runId={runId} task={task} tasks={tasks} />
      <Samples runId={runId} task={task} />
      <Labels labels={task.labels} />
    </>
  );
}

function NotAsUsual({ anomalies }: { readonly anomalies: readonly Anomaly[] }): ReactElement | null {
  if (anomalies.length === 0) return null;
  return (
    <section>
      <h3>Not as usual</h3>
      <ul className="anomaly-lines">
        {anomalies.map(({ anomaly_id: id, severity, text }) => (
          <li key={id}>
            <SeverityMark severity={severity} />
            <span className="breakable">
              <Plain text={text} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function executorFields(executor: Executor | null): readonly (readonly [string, ReactNode])[] {
  if (executor === null) return [];
  const { worker, host, pod, image, pool, executor_class: kind } = executor;
  const named = [['Worker', worker], ['Host', host], ['Pod', pod], ['Image', image], ['Pool', pool], ['Executor', kind]] as const;
  return named.map(([name, value]) => [name, value === null ? null : <Plain text={value} />]);
}

function Attempts({ task }: { readonly task: Task }): ReactElement {
  return (
    <section>
      <h3>Attempts</h3>
      <ol className="attempts">
        {task.attempts.map((attempt) => (
          <li key={attempt.attempt}>
            <StandingMark progress={attempt} />
            <span className="muted">{durationText(elapsedMs(attempt.started_at, attempt.finished_at))}</span>
            {attempt.error !== null && <FaultNote fault={attempt.error} />}
          </li>
        ))}
      </ol>
    </section>
  );
}

const mostNeighbours = 12;

function Neighbours({ runId, task, tasks }: Omit<TaskDetailsProps, 'anomalies'>): ReactElement {
  const before = new Set(task.depends_on);
  return (
    <>
      <TaskLinks title="Depends on" runId={runId} tasks={tasks.filter(({ task_id: id }) => before.has(id))} />
      <TaskLinks title="Needed by" runId={runId} tasks={tasks.filter(({ depends_on: ids }) => ids.includes(task.task_id))} />
    </>
  );
}

function TaskLinks({ title, runId, tasks }: { readonly title: string; readonly runId: string; readonly tasks: readonly Task[] }): ReactElement | null {
  if (tasks.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <ul className="plain-list">
        {tasks.slice(0, mostNeighbours).map((task) => (
          <li key={task.task_id}>
            <a href={runAddress(runId, { at: taskKey(task.task_id) })}>
              <Plain text={task.name ?? task.external_id ?? task.task_id} />
            </a>
          </li>
        ))}
        {tasks.length > mostNeighbours && <li className="muted">and {tasks.length - mostNeighbours} more</li>}
      </ul>
    </section>
  );
}

function Samples({ runId, task }: { readonly runId: string; readonly task: Task }): ReactElement | null {
  const pages = usePages(`${runId} ${task.task_id}`, (request) => listSamples(runId, task.task_id, request));
  const samples = latestSamples(pages.items);
  if (samples.length === 0) return null;
  return (
    <section>
      <h3>Measured</h3>
      <Fields entries={samples.map((sample) => [sampleName(sample), sampleText(sample)] as const)} />
    </section>
  );
}

function Labels({ labels }: { readonly labels: Task['labels'] }): ReactElement | null {
  const entries = Object.entries(labels ?? {});
  if (entries.length === 0) return null;
  return (
    <section>
      <h3>Labels</h3>
      <Fields entries={entries.map(([name, value]) => [name, <Plain key={name} text={value} />] as const)} />
    </section>
  );
}
