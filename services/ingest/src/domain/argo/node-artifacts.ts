import { artifactIdOf, Direction } from '@orrery/contracts';
import { at, first, record, records, text, type JsonRecord } from '../json-reading.js';
import { sha256Hex } from '../sha256.js';
import type { ArtifactStatement } from '../statements.js';

/** The node whose artifacts are read, as its run knows it. */
export interface ArtifactOwner {
  readonly runId: string;
  readonly taskId: string;
  readonly attempt: number;
  readonly actor: string | undefined;
  readonly startedAtMs: number | undefined;
  readonly finishedAtMs: number | undefined;
  /** The workflow's default repository, for artifacts that name only a key. */
  readonly repository: JsonRecord | undefined;
}

/** Reads the artifacts that a node took in and put out. */
export function nodeArtifacts(node: JsonRecord, owner: ArtifactOwner): readonly ArtifactStatement[] {
  return [
    ...records(node, 'inputs', 'artifacts').map((artifact) => statementOf(artifact, Direction.INPUT, owner)),
    ...records(node, 'outputs', 'artifacts').map((artifact) => statementOf(artifact, Direction.OUTPUT, owner)),
  ].filter((statement) => statement !== undefined);
}

function statementOf(artifact: JsonRecord, direction: Direction, owner: ArtifactOwner): ArtifactStatement | undefined {
  const name = text(artifact, 'name');
  const raw = text(artifact, 'raw', 'data');
  const uri = uriOf(artifact, owner.repository);
  // An optional input that was not given, or an output that is not there yet.
  if (uri === undefined && raw === undefined) return undefined;
  return {
    artifactId: artifactIdOf(owner.runId, owner.taskId, String(owner.attempt), String(direction), name ?? '', uri ?? ''),
    taskId: owner.taskId,
    direction,
    name,
    uri,
    digest: raw === undefined ? undefined : `sha256:${sha256Hex(raw)}`,
    sizeBytes: raw === undefined ? undefined : BigInt(Buffer.byteLength(raw)),
    mediaType: name === 'main-logs' ? 'text/plain' : undefined,
    occurredAtMs: direction === Direction.INPUT ? owner.startedAtMs : owner.finishedAtMs,
    actor: owner.actor,
  };
}

function uriOf(artifact: JsonRecord, repository: JsonRecord | undefined): string | undefined {
  return first(
    bucketUri('s3', artifact, repository, 's3'),
    bucketUri('gs', artifact, repository, 'gcs'),
    bucketUri('oss', artifact, repository, 'oss'),
    azureUri(artifact, repository),
    text(artifact, 'http', 'url'),
    text(artifact, 'artifactory', 'url'),
    gitUri(artifact),
    text(artifact, 'hdfs', 'path') === undefined ? undefined : `hdfs://${text(artifact, 'hdfs', 'path') ?? ''}`,
  );
}

/** The authority stays empty when neither artifact nor repository names the bucket. */
function bucketUri(scheme: string, artifact: JsonRecord, repository: JsonRecord | undefined, member: string): string | undefined {
  const key = text(artifact, member, 'key');
  if (key === undefined) return undefined;
  const bucket = first(text(artifact, member, 'bucket'), text(repository, member, 'bucket'));
  return `${scheme}://${bucket ?? ''}/${key}`;
}

function azureUri(artifact: JsonRecord, repository: JsonRecord | undefined): string | undefined {
  const blob = text(artifact, 'azure', 'blob');
  if (blob === undefined) return undefined;
  const place = (member: string): string => first(text(artifact, 'azure', member), text(repository, 'azure', member)) ?? '';
  return `${place('endpoint').replace(/\/$/, '')}/${place('container')}/${blob}`;
}

function gitUri(artifact: JsonRecord): string | undefined {
  const repo = text(artifact, 'git', 'repo');
  const revision = text(artifact, 'git', 'revision');
  return repo === undefined || revision === undefined ? repo : `${repo}@${revision}`;
}

/** The repository that a workflow's artifacts lie in unless they say otherwise. */
export function artifactRepositoryOf(workflow: JsonRecord): JsonRecord | undefined {
  const found = at(workflow, 'status', 'artifactRepositoryRef', 'artifactRepository');
  return record(found);
}
