import { useMemo, type ReactElement } from 'react';
import { listArtifacts } from '../api/calls.js';
import { usePages } from '../api/use-pages.js';
import type { Artifact, RunDetail, Task } from '../api/wire-shapes.js';
import { Icon } from '../parts/icon.js';
import { clockText, instantText } from '../parts/instant.js';
import { LoadMore } from '../parts/load-more.js';
import { Plain } from '../parts/plain.js';
import { bytesText, shortDigest } from '../parts/quantity.js';
import { runAddress } from '../routing/route.js';
import { changeQuery } from '../routing/use-route.js';
import { eventKey, taskKey } from '../trace/branch.js';
import { ProvenanceView } from './provenance-view.js';
import { useOnRevision } from './use-run.js';

interface ArtifactsTabProps {
  readonly run: RunDetail;
  readonly revision: number;
  readonly tasks: readonly Task[];
  readonly query: URLSearchParams;
}

const directions = [
  ['', 'All'],
  ['output', 'Written'],
  ['input', 'Read'],
] as const;

/** What the run read and wrote; a chosen artifact shows its story beside the list. */
export function ArtifactsTab({ run, revision, tasks, query }: ArtifactsTabProps): ReactElement {
  const direction = query.get('direction') ?? '';
  const pages = usePages(`${run.run_id} ${direction}`, (request) => listArtifacts(run.run_id, { direction }, request));
  useOnRevision(revision, pages.reload);
  const names = useMemo(() => new Map(tasks.map((task) => [task.task_id, task.name ?? task.external_id ?? task.task_id])), [tasks]);
  const uri = query.get('uri');
  const hash = query.get('hash');
  const isChosen = uri !== null || hash !== null;
  if (pages.isReady && pages.items.length === 0 && direction === '') {
    return (
      <div className="empty">
        <h2>No artifacts</h2>
        <p>Nothing was told of files, data sets or images that this run read or wrote.</p>
      </div>
    );
  }
  return (
    <div className={`split${isChosen ? ' is-split' : ''}`}>
      <div>
        <div className="toolbar" role="group" aria-label="Direction">
          {directions.map(([value, word]) => (
            <button key={value} type="button" className="chip" aria-pressed={direction === value} onClick={() => { changeQuery({ direction: value }); }}>
              {word}
            </button>
          ))}
        </div>
        <ArtifactTable artifacts={pages.items} taskNames={names} chosen={uri ?? hash} runId={run.run_id} />
        <LoadMore pages={pages} />
      </div>
      {isChosen && (
        <aside className="inspector" aria-label="Provenance">
          <button type="button" className="icon-button inspector-close" title="Close" onClick={() => { changeQuery({ uri: null, hash: null }); }}>
            <Icon name="cross" label="Close" />
          </button>
          <ProvenanceView uri={uri} hash={hash} hereRunId={run.run_id} />
        </aside>
      )}
    </div>
  );
}

interface ArtifactTableProps {
  readonly artifacts: readonly Artifact[];
  readonly taskNames: ReadonlyMap<string, string>;
  readonly chosen: string | null;
  readonly runId: string;
}

function ArtifactTable({ artifacts, taskNames, chosen, runId }: ArtifactTableProps): ReactElement {
  return (
    <table className="plain-table artifacts">
      <thead>
        <tr>
          <th scope="col">Artifact</th>
          <th scope="col" className="number">Size</th>
          <th scope="col">Hash</th>
          <th scope="col">By</th>
          <th scope="col">When</th>
        </tr>
      </thead>
      <tbody>
        {artifacts.map((artifact) => {
          const { uri, digest } = artifact;
          const isChosen = chosen !== null && (uri === chosen || (uri === null && digest === chosen));
          return (
            <tr key={artifact.artifact_id} className={isChosen ? 'is-selected' : undefined}>
              <td>
                <ArtifactName artifact={artifact} runId={runId} />
              </td>
              <td className="number">{bytesText(artifact.size_bytes)}</td>
              <td>{digest === null ? <span className="muted">–</span> : <code title={digest}>{shortDigest(digest)}</code>}</td>
              <td className="cut">
                <MadeBy artifact={artifact} taskNames={taskNames} runId={runId} />
              </td>
              <td title={instantText(artifact.occurred_at)}>{clockText(artifact.occurred_at)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function ArtifactName({ artifact, runId }: { readonly artifact: Artifact; readonly runId: string }): ReactElement {
  const { uri, name, digest, direction } = artifact;
  const words = direction === 'input' ? 'read' : direction === 'output' ? 'wrote' : 'artifact';
  const shown = uri ?? name ?? digest ?? 'artifact';
  const canTrace = uri !== null || digest !== null;
  return (
    <span className={`artifact-name direction-${direction ?? 'none'}`}>
      <Icon name={direction === 'input' ? 'read' : direction === 'output' ? 'write' : 'file'} label={words} />
      {canTrace ? (
        <a href={runAddress(runId, { tab: 'artifacts', ...(uri === null ? { hash: digest } : { uri }) })} title={shown} className="breakable">
          <Plain text={shown} />
        </a>
      ) : (
        <span className="breakable">
          <Plain text={shown} />
        </span>
      )}
    </span>
  );
}

interface MadeByProps {
  readonly artifact: Artifact;
  readonly taskNames: ReadonlyMap<string, string>;
  readonly runId: string;
}

/** Actor and task, with the way to the place in the trace. */
function MadeBy({ artifact, taskNames, runId }: MadeByProps): ReactElement {
  const { actor, task_id: taskId, event_id: eventId } = artifact;
  const task = taskId === null ? null : (taskNames.get(taskId) ?? 'task');
  const words = [actor, task].filter((part) => part !== null).join(' in ');
  if (taskId === null && eventId === null) return words === '' ? <span className="muted">–</span> : <Plain text={words} />;
  const at = eventId === null ? taskKey(taskId ?? '') : eventKey(eventId);
  return (
    <a href={runAddress(runId, { at, in: eventId === null ? null : taskId })}>
      <Plain text={words === '' ? 'in the trace' : words} />
    </a>
  );
}
