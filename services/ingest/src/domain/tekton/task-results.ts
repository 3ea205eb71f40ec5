import { artifactIdOf, Direction } from '@orrery/contracts';
import { at, records, text, type JsonRecord } from '../json-reading.js';
import { sha256Hex } from '../sha256.js';
import type { ArtifactStatement } from '../statements.js';

/** Whose results are read. */
export interface ResultOwner {
  readonly runId: string;
  /** Absent for the results of a whole pipeline. */
  readonly taskId: string | undefined;
  readonly actor: string | undefined;
  readonly finishedAtMs: number | undefined;
}

/** Names by which a result says that it is half of an artifact: X_IMAGE_URL and X_IMAGE_DIGEST, X_ARTIFACT_URI and …_DIGEST. */
const hintedName = /^(.*?)(IMAGE|ARTIFACT)_(URL|URI|DIGEST)$/;

/**
 * Reads results as outputs. Where their names say so, two of them are an image or a file; any other is a small message in itself.
 *
 * Source: tektoncd/chains, docs/slsa-provenance.md, "type hinting".
 */
export function resultArtifacts(status: JsonRecord, owner: ResultOwner): readonly ArtifactStatement[] {
  const hinted = new Map<string, { uri?: string; digest?: string }>();
  const artifacts: ArtifactStatement[] = [];
  for (const result of resultsOf(status)) {
    const name = text(result, 'name');
    const value = at(result, 'value');
    if (name === undefined || value === undefined) continue;
    const match = hintedName.exec(name);
    if (match === null || typeof value !== 'string') {
      artifacts.push(messageArtifact(name, value, owner));
      continue;
    }
    const key = `${match[1] ?? ''}${match[2] ?? ''}`;
    const half = match[3] === 'DIGEST' ? { digest: value.trim() } : { uri: value.trim() };
    hinted.set(key, { ...hinted.get(key), ...half });
  }
  for (const [key, { uri, digest }] of hinted) artifacts.push({ ...outputOf(key, uri ?? '', owner), uri, digest });
  return artifacts;
}

function resultsOf(status: JsonRecord): readonly JsonRecord[] {
  // `taskResults` and `pipelineResults` up to v1beta1.
  return ['results', 'taskResults', 'pipelineResults'].map((member) => records(status, member)).find((found) => found.length > 0) ?? [];
}

function messageArtifact(name: string, value: unknown, owner: ResultOwner): ArtifactStatement {
  const content = typeof value === 'string' ? value : JSON.stringify(value);
  return {
    ...outputOf(name, '', owner),
    name: `results/${name}`,
    digest: `sha256:${sha256Hex(content)}`,
    sizeBytes: BigInt(Buffer.byteLength(content)),
    mediaType: typeof value === 'string' ? 'text/plain' : 'application/json',
    attributesJson: JSON.stringify({ value }),
  };
}

function outputOf(name: string, uri: string, owner: ResultOwner): ArtifactStatement {
  return {
    artifactId: artifactIdOf(owner.runId, owner.taskId ?? '', 'output', name, uri),
    taskId: owner.taskId,
    direction: Direction.OUTPUT,
    name,
    occurredAtMs: owner.finishedAtMs,
    actor: owner.actor,
  };
}
