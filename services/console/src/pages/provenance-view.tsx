import type { ReactElement } from 'react';
import { readProvenance } from '../api/calls.js';
import { useRequest } from '../api/use-request.js';
import type { Artifact, ArtifactVersion, Production, Touch } from '../api/wire-shapes.js';
import { CopyButton } from '../parts/copy-button.js';
import { EngineBadge } from '../parts/engine-badge.js';
import { Icon } from '../parts/icon.js';
import { agoText, instantText } from '../parts/instant.js';
import { Plain } from '../parts/plain.js';
import { ProblemNote } from '../parts/problem-note.js';
import { bytesText, counted, shortDigest } from '../parts/quantity.js';
import { useNow } from '../parts/use-now.js';
import { provenanceAddress, runAddress, type Query } from '../routing/route.js';
import { eventKey, taskKey } from '../trace/branch.js';

interface ProvenanceViewProps {
  readonly uri: string | null;
  readonly hash: string | null;
  /** The run from which it is looked at. */
  readonly hereRunId?: string;
}

/** The story of an artifact: each version, who made it of what, and who read it. */
export function ProvenanceView({ uri, hash, hereRunId }: ProvenanceViewProps): ReactElement {
  const of = uri === null ? { hash: hash ?? '' } : { uri };
  const { value, problem, reload } = useRequest(JSON.stringify(of), (signal) => readProvenance(of, signal));
  if (problem !== undefined && value === undefined) return <ProblemNote problem={problem} retry={reload} />;
  if (value === undefined) return <div className="shimmer shimmer-tall" aria-busy="true" aria-label="Reading the provenance" />;
  return (
    <div className="provenance">
      <p className="over">Artifact</p>
      <Address text={value.uri ?? uri ?? hash ?? ''} />
      <p className="muted">
        {counted(value.versions.length, 'version')}
        {hereRunId !== undefined && (
          <>
            {' · '}
            <a href={provenanceAddress(of)}>on a page of its own</a>
          </>
        )}
      </p>
      {value.versions.length === 0 && <p>Nothing was told of this artifact.</p>}
      <ol className="versions">
        {value.versions.map((version, index) => (
          <Version key={version.digest ?? index} version={version} isLatest={index === 0} hereRunId={hereRunId} />
        ))}
      </ol>
    </div>
  );
}

function Address({ text }: { readonly text: string }): ReactElement {
  return (
    <h2 className="address">
      <Plain text={text} />
      <CopyButton text={text} what="address" />
    </h2>
  );
}

interface VersionProps {
  readonly version: ArtifactVersion;
  readonly isLatest: boolean;
  readonly hereRunId: string | undefined;
}

function Version({ version, isLatest, hereRunId }: VersionProps): ReactElement {
  const { digest, size_bytes: size, produced_by: makers, read_by: readers } = version;
  return (
    <li className="version">
      <header>
        {digest === null ? <span className="muted">content not told</span> : <code title={digest}>{shortDigest(digest)}</code>}
        {size !== null && <span className="muted">{bytesText(size)}</span>}
        {isLatest && <span className="badge">latest</span>}
        {digest !== null && <CopyButton text={digest} what="hash" />}
      </header>
      {makers.length === 0 ? <p className="muted">Nobody told that they wrote it.</p> : <h3>Written by</h3>}
      {makers.map((maker, index) => (
        <Maker key={index} maker={maker} hereRunId={hereRunId} />
      ))}
      {readers.length > 0 && (
        <section className="readers">
          <h3>Read by</h3>
          {readers.map((reader, index) => (
            <TouchLine key={index} touch={reader} verb="read" hereRunId={hereRunId} />
          ))}
        </section>
      )}
    </li>
  );
}

function Maker({ maker, hereRunId }: { readonly maker: Production; readonly hereRunId: string | undefined }): ReactElement {
  return (
    <section className="maker">
      <TouchLine touch={maker} verb="write" hereRunId={hereRunId} />
      {maker.inputs.length > 0 && (
        <div className="inputs">
          <span className="muted">from</span>
          <ul className="plain-list">
            {maker.inputs.map((input) => (
              <li key={input.artifact_id}>
                <InputLink input={input} />
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}

function InputLink({ input }: { readonly input: Artifact }): ReactElement {
  const { uri, digest, name } = input;
  const shown = <Plain text={uri ?? name ?? digest ?? 'artifact'} />;
  if (uri === null && digest === null) return shown;
  return (
    <a className="breakable" href={provenanceAddress(uri === null ? { hash: digest } : { uri })}>
      {shown}
    </a>
  );
}

interface TouchLineProps {
  readonly touch: Touch;
  readonly verb: 'read' | 'write';
  readonly hereRunId: string | undefined;
}

/** Task and event in which it was touched, by name. */
function whereOf({ task, event }: Touch): string {
  return [task?.name ?? null, event?.name ?? null].filter((part) => part !== null).join(' › ');
}

function placeOf({ task, event }: Touch): Query {
  if (event !== null) return { at: eventKey(event.event_id), in: task?.task_id };
  return { at: task === null ? null : taskKey(task.task_id) };
}

/** Who touched it, where, and when. */
function TouchLine({ touch, verb, hereRunId }: TouchLineProps): ReactElement {
  const { run, actor, occurred_at: at } = touch;
  const nowMs = useNow(false);
  const where = whereOf(touch);
  return (
    <div className="touch">
      <Icon name={verb} label={verb === 'read' ? 'read by' : 'written by'} />
      <div>
        <div className="touch-who">
          {actor !== null && (
            <strong>
              <Plain text={actor} />
            </strong>
          )}
          {where !== '' && (
            <a href={runAddress(run.run_id, placeOf(touch))}>
              <Plain text={where} />
            </a>
          )}
        </div>
        <div className="touch-run">
          <EngineBadge engine={run.engine} />
          <a href={runAddress(run.run_id)}>
            <Plain text={run.workflow ?? run.run_id} />
          </a>
          {run.run_id === hereRunId && <span className="badge">this run</span>}
          {at !== null && (
            <time className="muted" dateTime={at} title={instantText(at)}>
              {agoText(at, nowMs)}
            </time>
          )}
        </div>
      </div>
    </div>
  );
}
